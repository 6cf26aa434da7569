import t from 'tap'
import { MemoryPool, pooledBytesMax } from '../../src/transport/memory-pool.ts'
import { bufferClient, rawCall, startListener, until } from './start-listener.ts'

t.test('MemoryPool makes as many as are needed at once, and no more than it may', async (t) => {
  let made = 0
  const pool = new MemoryPool(2, () => ({ number: ++made }))
  const first = pool.take()
  t.same(first, { number: 1 })
  if (first !== undefined) pool.give(first)
  t.equal(pool.take(), first, 'what was given back comes again')
  const second = pool.take()
  t.same(second, { number: 2 })
  t.equal(pool.take(), undefined, 'all are taken')
  if (second !== undefined) pool.give(second)
  if (first !== undefined) pool.give(first)
  t.equal(pool.take(), first, 'the one that was given back last')
})

const kib = 1024
const none = Buffer.alloc(0)

/** A pool of as many pieces, and which of them are taken. */
function watchedPool(piecesMax: number) {
  const taken = new Set<Buffer>()
  const pool = new (class extends MemoryPool<Buffer> {
    override take(): Buffer | undefined {
      const piece = super.take()
      if (piece !== undefined) taken.add(piece)
      return piece
    }
    override give(piece: Buffer): void {
      if (!taken.delete(piece)) throw new Error('given back twice')
      super.give(piece)
    }
  })(piecesMax, () => Buffer.from(new SharedArrayBuffer(pooledBytesMax)))
  return { pool, taken }
}

t.test('a message lies in memory of the pool until its handler gives it back', async (t) => {
  const { pool, taken } = watchedPool(1)
  const kept: { request: Buffer; give: (() => void) | undefined }[] = []
  const { port, close } = await startListener({
    messagePool: pool,
    handle: async (request, { held }) => {
      kept.push({ request, give: held.takeMemory() })
      return Buffer.alloc(0)
    },
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  const bodies = [1, 2, 3].map((byte) => Buffer.alloc(300 * kib, byte))
  for (const body of bodies) await client.call(body)
  t.equal(taken.size, 1, 'the second and the third have memory of their own')
  for (const [index, { request }] of kept.entries()) {
    t.ok(request.equals(bodies[index] ?? none), `message ${index + 1} is as it came`)
  }
  const [first] = kept
  first?.give?.()
  t.equal(taken.size, 0)
  await client.call(Buffer.alloc(200 * kib, 4))
  t.equal(kept.at(-1)?.request.buffer, first?.request.buffer, 'the memory is used again')
  kept.at(-1)?.give?.()
  client.close()
  await close()
})

t.test('a message that no handler takes gives its memory back', async (t) => {
  const { pool, taken } = watchedPool(8)
  const { port, close } = await startListener({ messagePool: pool })
  const client = bufferClient(`127.0.0.1:${port}`)
  await client.call(Buffer.alloc(100 * kib))
  await until(() => taken.size === 0)
  const half = { announcedBytes: 300 * kib, body: Buffer.alloc(150 * kib) }
  const reset = rawCall(port, half)
  const cut = rawCall(port, half)
  await until(() => taken.size === 2)
  reset.stream.close(8)
  cut.session.destroy()
  await until(() => taken.size === 0)
  t.pass('after a reset and after a lost connection')
  reset.session.destroy()
  client.close()
  await close()
})

t.test('compressed and longer messages have memory of their own', async (t) => {
  const { pool, taken } = watchedPool(8)
  const { port, close } = await startListener({
    messagePool: pool,
    handle: async (request) => {
      t.equal(taken.size, 0)
      t.equal(request.length, 600 * kib)
      return Buffer.alloc(0)
    },
  })
  for (const settings of [{}, { compression: 'gzip' }] as const) {
    const client = bufferClient(`127.0.0.1:${port}`, settings)
    await client.call(Buffer.alloc(600 * kib, 7))
    client.close()
  }
  await close()
})
