import t from 'tap'
import { FrameScanner } from '../../src/transport/frame-scanner.ts'

const Type = { data: 0, headers: 1, resetStream: 3, settings: 4 } as const

function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(streamId, 5)
  return Buffer.concat([header, payload])
}

/** What a scanner says of bytes that come in pieces of a given length. */
function scanned(direction: 'from_client' | 'from_server', bytes: Buffer, pieceBytes: number) {
  const events: string[] = []
  const content = new Map<number, Buffer[]>()
  const scanner = new FrameScanner(direction, {
    onHeaders: (id) => events.push(`headers ${id}`),
    onData: (id, chunk, start, end) => {
      const parts = content.get(id) ?? []
      parts.push(Buffer.from(chunk.subarray(start, end)))
      content.set(id, parts)
    },
    onEnd: (id) => events.push(`end ${id}`),
    onReset: (id) => events.push(`reset ${id}`),
  })
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    scanner.scan(bytes.subarray(at, at + pieceBytes))
  }
  const texts = [...content].map(([id, parts]) => `${id}: ${Buffer.concat(parts).toString()}`)
  return { events, texts }
}

const connection = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(Type.settings, 0, 0, Buffer.alloc(12, 0xff)),
  frame(Type.headers, 0x4, 1, Buffer.alloc(30, 0x01)),
  frame(Type.data, 0, 1, Buffer.from('hello ')),
  frame(Type.headers, 0x4 | 0x1, 3, Buffer.alloc(5)),
  // Padded: two bytes of padding after the content.
  frame(Type.data, 0x8, 1, Buffer.from([2, ...Buffer.from('padded '), 0, 0])),
  frame(Type.data, 0x1, 1, Buffer.from('world')),
  frame(Type.headers, 0x4, 0x7fff_ffff, Buffer.alloc(0)),
  frame(Type.data, 0x1, 0x7fff_ffff, Buffer.alloc(0)),
  frame(Type.resetStream, 0, 5, Buffer.from([0, 0, 0, 8])),
])

const expected = {
  events: [
    'headers 1',
    'headers 3',
    'end 3',
    'end 1',
    'headers 2147483647',
    'end 2147483647',
    'reset 5',
  ],
  texts: ['1: hello padded world'],
}

t.test('FrameScanner sees the same frames however the bytes are cut', async (t) => {
  for (let piece = 1; piece <= 40; piece++) {
    t.same(scanned('from_client', connection, piece), expected, `pieces of ${piece}`)
  }
  t.same(scanned('from_client', connection, connection.length), expected, 'one piece')
  t.same(scanned('from_server', connection.subarray(24), 7), expected, 'a server has no preface')
})

t.test('FrameScanner takes whatever comes: padding longer than its frame, junk', async (t) => {
  const lies = frame(Type.data, 0x8, 1, Buffer.from([200, 1, 2, 3]))
  t.same(scanned('from_server', lies, 100).texts, [])
  const junk = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 256))
  t.doesNotThrow(() => scanned('from_server', junk, 13))
})
