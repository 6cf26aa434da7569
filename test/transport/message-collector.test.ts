import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { MessageMemory, Pieces } from '../../src/transport/message-collector.ts'
import { MessageCollector, wholeBytesMax } from '../../src/transport/message-collector.ts'
import { collectGarbage } from '../collect-garbage.ts'

const kib = 1024
const none = Buffer.alloc(0)

/** Collects a message that comes in chunks of some length, each the slice of a longer read. */
function collect(body: Buffer, chunkBytes: number, memoryFor?: MessageMemory): Pieces {
  const framed = Buffer.concat([Buffer.alloc(5), body])
  const length = { declaredBytes: undefined as number | undefined }
  const collector = new MessageCollector(length, memoryFor)
  for (let at = 0; at < framed.length; at += chunkBytes) {
    const chunk = framed.subarray(at, at + chunkBytes)
    if (at + chunk.length >= 5) length.declaredBytes = body.length
    if (collector.complete) throw new Error('complete too early')
    if (collector.take(chunk) !== chunk.length) throw new Error('took less than its own')
  }
  if (!collector.complete) throw new Error('not complete')
  return collector.finish()
}

t.test('MessageCollector gives the same bytes however they are cut', async (t) => {
  for (const sizeBytes of [0, 1, 4, 3000, 70 * kib, 350 * kib]) {
    const body = randomBytes(sizeBytes)
    for (const chunkBytes of [1, 3, 5, 6, 1000, 2048, 16 * kib, 400 * kib]) {
      if (sizeBytes / chunkBytes > 50_000) continue
      const pieces = collect(body, chunkBytes)
      t.ok(Buffer.concat(pieces).equals(body), `${sizeBytes} bytes in chunks of ${chunkBytes}`)
      const memory = Buffer.alloc(sizeBytes + 10)
      const [whole] = collect(body, chunkBytes, () => memory)
      if (sizeBytes > 0) t.equal(whole?.buffer, memory.buffer, 'in the memory that was given')
      t.ok(Buffer.concat([whole ?? none]).equals(body))
    }
  }
})

t.test('MessageCollector keeps a large message in pieces that can be transferred', async (t) => {
  const body = randomBytes(wholeBytesMax * 3 + 7)
  for (const chunkBytes of [777, 16 * kib, body.length + 5]) {
    const pieces = collect(body, chunkBytes)
    t.ok(Buffer.concat(pieces).equals(body), `chunks of ${chunkBytes}`)
    t.ok(pieces.length > 1 && pieces.length < 20, `${pieces.length} pieces`)
    for (const piece of pieces) t.equal(piece.length, piece.buffer.byteLength, 'its own buffer')
  }
})

t.test('MessageCollector holds little more than what arrived, whatever is claimed', async (t) => {
  const collector = new MessageCollector({ declaredBytes: 60 * kib * kib })
  const startBytes = process.memoryUsage().arrayBuffers
  collector.take(Buffer.alloc(5 + 16 * kib))
  t.ok(process.memoryUsage().arrayBuffers - startBytes < 64 * kib)
})

t.test('MessageCollector does not keep the reads that small pieces came in', async (t) => {
  const collector = new MessageCollector({ declaredBytes: 300 * kib })
  collector.take(Buffer.alloc(5))
  const startBytes = process.memoryUsage().arrayBuffers
  for (let count = 0; count < 2000; count++) {
    const read = Buffer.allocUnsafeSlow(64 * kib)
    collector.take(read.subarray(0, 10))
  }
  collectGarbage()
  const keptBytes = process.memoryUsage().arrayBuffers - startBytes
  t.ok(keptBytes < 1024 * kib, `${keptBytes} of ${2000 * 64 * kib} bytes`)
})

t.test('MessageCollector takes no byte behind the message', async (t) => {
  const collector = new MessageCollector({ declaredBytes: 3 })
  t.equal(collector.take(Buffer.from([0, 0, 0, 0, 3, 1, 2, 3, 9, 9])), 8)
  t.same(collector.finish(), [Buffer.from([1, 2, 3])])
  t.equal(collector.take(Buffer.from([9])), 0)
})
