import t from 'tap'
import { nestingMax, WireReader } from '../../../bridge/wire/reader.ts'
import { UnknownFields } from '../../../bridge/wire/unknown-fields.ts'
import { varintLength, WireWriter } from '../../../bridge/wire/writer.ts'

const reader = (hex: string) => new WireReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

t.test('WireReader reads varints of every length and padding', async (t) => {
  t.equal(reader('00').uint32(), 0)
  t.equal(reader('ffffffff0f').uint32(), 2 ** 32 - 1)
  t.equal(reader('8080808000').uint32(), 0)
  t.equal(reader('ffffffffffffffffff01').uint64(), 2n ** 64n - 1n)
  t.equal(reader('ffffffffffffffffff01').int64(), -1n)
  t.equal(reader('ffffffffffffffffff01').int32(), -1)
  t.equal(reader('8080808010').uint64(), 2n ** 32n)
  t.equal(reader('8080808010').bool(), true)
})

t.test('WireReader refuses what others read differently', async (t) => {
  const cases: readonly (readonly [string, string, (reader: WireReader) => void])[] = [
    ['varint of 65 bits', 'bad_varint', () => reader('ffffffffffffffffff02').uint64()],
    ['varint of 11 bytes', 'bad_varint', () => reader('8080808080808080808000').uint32()],
    ['tag of 6 bytes', 'bad_varint', () => reader('888080808000').tag()],
    ['length of 33 bits', 'bad_varint', () => reader('8080808010').length()],
    ['field number 0', 'bad_tag', () => reader('07').tag()],
    ['length past the end', 'bad_length', () => reader('02 00').slice()],
    ['text that is not UTF-8', 'bad_utf8', () => reader('01 ff').string()],
    ['fixed64 that is cut off', 'truncated', () => reader('00000000').fixed64()],
  ]
  for (const [name, code, read] of cases) t.throws(read, { name: 'WireError', code }, name)
})

t.test('skip() goes behind a value of any wire type', async (t) => {
  const cases = [
    '08 8001',
    '09 0000000000000000',
    '0a 03 010203',
    '0d 00000000',
    '0b 1001 13 14 0c',
  ]
  for (const hex of cases) {
    const message = reader(`${hex} 7801`)
    message.skip(message.tag())
    t.equal(message.tag(), 0x78, hex)
  }
  t.throws(() => reader('14').skip(0x0b), { code: 'bad_wire_type' })
  const deep = new WireReader(Buffer.alloc(2 * nestingMax + 2, 0x0b))
  t.throws(() => deep.skip(deep.tag()), { code: 'too_deep' })
})

t.test('UnknownFields keeps fields with their tags, in order', async (t) => {
  const message = reader('0a 01 ff 10 05 7801')
  const unknown = new UnknownFields(Uint8Array.of(0x18, 1))
  for (let count = 0; count < 2; count++) {
    const start = message.position
    unknown.keep(message, message.tag(), start)
  }
  t.same(unknown.bytes(), Buffer.from('18010a01ff1005', 'hex'))
  t.same(new UnknownFields().property(), {})
})

t.test('WireWriter writes what WireReader reads', async (t) => {
  const writer = new WireWriter(1)
  writer.message(1, () => {
    writer.string(2, 'Grüße'.repeat(100))
    writer.int32(3, -1)
    writer.fixed64(4, 2n ** 64n - 1n)
    writer.uint32(5, 0)
  })
  writer.doubleAlways(6, -0)
  const bytes = writer.finish()
  t.equal(writer.sizeBytes, bytes.length)
  const message = new WireReader(bytes)
  t.equal(message.tag(), 0x0a)
  message.length()
  t.equal(message.tag(), 0x12)
  t.equal(message.string(), 'Grüße'.repeat(100))
  t.equal(message.tag(), 0x18)
  t.equal(message.int32(), -1)
  t.equal(message.tag(), 0x21)
  t.equal(message.fixed64(), 2n ** 64n - 1n)
  t.equal(message.tag(), 0x31)
  t.ok(Object.is(message.double(), -0))
  t.notOk(message.more())
})

t.test('varintLength() counts the bytes of a varint', async (t) => {
  for (const value of [0, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 2 ** 32 - 1]) {
    const writer = new WireWriter()
    writer.uint32(1, value)
    t.equal(varintLength(value), Math.max(1, writer.sizeBytes - 1), `${value}`)
  }
})

t.test('WireWriter writes texts of every length and letters, and bytes, as they are', async (t) => {
  const texts = ['', 'x', 'é', '\ud800'].flatMap((last) => {
    return [0, 1, 62, 63, 64, 65, 127, 128, 300].map((length) => 'a'.repeat(length) + last)
  })
  const arrays = [0, 1, 8, 16, 32, 33, 300].map((length) => Buffer.alloc(length, 7))
  const writer = new WireWriter(1)
  for (const text of texts) writer.stringAlways(1, text)
  for (const bytes of arrays) writer.bytesAlways(2, bytes)
  const reader = new WireReader(writer.finish())
  const read: Buffer[] = []
  while (reader.more()) {
    reader.tag()
    read.push(Buffer.from(reader.slice()))
  }
  t.strictSame(read, [...texts.map((text) => Buffer.from(text)), ...arrays])
})
