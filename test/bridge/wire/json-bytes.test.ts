import t from 'tap'
import { JsonBytes, jsonConstant } from '../../../bridge/wire/json-bytes.ts'

function written(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes(0)
  write(out)
  return Buffer.from(out.take()).toString()
}

function escaped(text: string): string {
  const bytes = new Uint8Array(Buffer.from(`<${text}>`))
  return written((out) => out.escaped(bytes, 1, bytes.length - 1))
}

t.test('escaped() writes what JSON.stringify has between the quotes', async (t) => {
  const characters = Array.from({ length: 0x900 }, (_, code) => String.fromCharCode(code))
  characters.push('\u2028', '\u2029', '\ufeff', '\uffff', '\u{1f600}', '\u{10ffff}')
  for (const text of characters) {
    if (escaped(text) !== JSON.stringify(text).slice(1, -1)) {
      t.equal(escaped(text), JSON.stringify(text).slice(1, -1))
    }
  }
  const all = characters.join('')
  t.equal(escaped(all), JSON.stringify(all).slice(1, -1), 'a long text')
  t.equal(escaped('"'.repeat(500)), '\\"'.repeat(500), 'a long text of escapes')
  for (const length of [0, 95, 96, 97, 1000])
    t.equal(escaped('x'.repeat(length)), 'x'.repeat(length))
})

t.test('whole() writes every safe integer', async (t) => {
  const values = [0, 1, 9, 10, 999_999_999, 1e9, 1e9 + 1, 123_456_789_012, Number.MAX_SAFE_INTEGER]
  for (let power = 1; power < 1e15; power *= 10) values.push(power - 1, power, power + 1, power * 9)
  for (const value of values) {
    t.equal(
      written((out) => out.whole(value)),
      String(value),
    )
    if (value === 0) continue
    t.equal(
      written((out) => out.whole(-value)),
      String(-value),
    )
  }
})

t.test('padded() and hex() write as many digits as they are asked for', async (t) => {
  t.equal(
    written((out) => out.padded(7, 3)),
    '007',
  )
  const bytes = Uint8Array.of(255, 0, 171, 9, 255)
  t.equal(
    written((out) => out.hex(bytes, 1, 3)),
    '00ab09',
  )
})

t.test('text() writes a string, of whatever characters', async (t) => {
  for (const text of ['', 'plain', 'ü', 'plain \u{1f600} and more', 'x'.repeat(1000)]) {
    t.equal(
      written((out) => out.text(text)),
      text,
    )
  }
})

t.test('cut() forgets, take() starts again and leaves what was taken', async (t) => {
  const out = new JsonBytes(16)
  out.text('first')
  const { size } = out
  out.text(' and what is not wanted')
  out.cut(size)
  const first = out.take()
  out.raw(jsonConstant('second'))
  const second = out.take()
  t.equal(Buffer.from(first).toString(), 'first')
  t.equal(Buffer.from(second).toString(), 'second')
  t.equal(out.take().length, 0)
})
