import t from 'tap'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'
import { CompletionRoom } from '../../src/transport/completion-room.ts'
import { fakeConnection, fakeStream } from './fake-streams.ts'
import type { BufferClient } from './start-listener.ts'
import { bufferClient, failure, rawCall, startListener, until } from './start-listener.ts'

const kib = 1024
const mib = 1024 * kib

/** Sends a message by each client at the same time. @returns the errors of those that were refused */
async function refusedOf(
  clients: readonly BufferClient[],
  sizeBytes: number,
): Promise<readonly unknown[]> {
  const outcomes = await Promise.allSettled(
    clients.map((client) => client.call(Buffer.alloc(sizeBytes), { deadlineMs: 15_000 })),
  )
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
}

t.test('large messages that come all at once become whole one after the other', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 16 * mib,
    maxMessageBytes: 4 * mib,
    waitMs: 20_000,
  })
  const clients = Array.from({ length: 48 }, () => bufferClient(`127.0.0.1:${port}`))
  const refused = await refusedOf(clients, mib)
  // What the windows of all let in at the start may leave no room for the first.
  t.ok(refused.length <= 6, `${refused.length} of ${clients.length} refused`)
  for (const error of refused) t.match(error, { code: 14, details: /no room for the rest of it/ })
  for (const client of clients) client.close()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('large messages of few connections become whole one after the other', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 16 * mib,
    maxMessageBytes: 4 * mib,
    waitMs: 20_000,
  })
  const clients = Array.from({ length: 4 }, () => bufferClient(`127.0.0.1:${port}`))
  const startMs = performance.now()
  const calls = clients.flatMap((client) => Array<BufferClient>(12).fill(client))
  const refused = await refusedOf(calls, mib)
  t.comment(`${Math.round(performance.now() - startMs)} ms, ${refused.length} refused`)
  t.ok(refused.length <= calls.length / 4, `${refused.length} of ${calls.length} refused`)
  for (const client of clients) client.close()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('where none has room to become whole some are refused at once for the others', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 8 * mib,
    maxMessageBytes: 2.5 * mib,
    waitMs: 20_000,
  })
  const clients = Array.from({ length: 24 }, () => bufferClient(`127.0.0.1:${port}`))
  const refused = await refusedOf(clients, 2.25 * mib)
  t.comment(`${refused.length} of ${clients.length} refused`)
  t.ok(refused.length < clients.length / 2, 'most are taken')
  for (const error of refused) t.match(error, { code: 14, details: /no room for the rest of it/ })
  for (const client of clients) client.close()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('nobody is refused early while somebody else will give room', async (t) => {
  const boundBytes = 4 * mib
  const { port, budget, close } = await startListener({
    boundBytes,
    maxMessageBytes: 1.25 * mib,
    waitMs: 1500,
  })
  const stored = 3 * mib
  budget.take(stored)
  const client = bufferClient(`127.0.0.1:${port}`)
  const call = client.call(Buffer.alloc(1.2 * mib), { deadlineMs: 15_000 })
  const startMs = performance.now()
  t.match(await failure(call), { code: 14 })
  t.ok(performance.now() - startMs >= 1500, 'waited as long as it may')
  budget.give(stored)
  client.close()
  await close()
})

t.test('a client that stops sending loses its turn to others', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 8 * mib,
    maxMessageBytes: 2.5 * mib,
    waitMs: 10_000,
    stalledAfterMs: 60_000,
  })
  // Somebody else holds most of it.
  budget.take(6 * mib)
  const still = Array.from({ length: 3 }, () =>
    rawCall(port, { announcedBytes: 512 * kib, body: Buffer.alloc(300 * kib) }),
  )
  await until(() => budget.usedBytes >= 6 * mib + 3 * 300 * kib)
  const client = bufferClient(`127.0.0.1:${port}`)
  await client.call(Buffer.alloc(512 * kib), { deadlineMs: 8000 })
  t.ok(
    still.every(({ status }) => status() === undefined),
    'was let in beside them',
  )
  client.close()
  for (const { session } of still) session.destroy()
  await until(() => budget.usedBytes === 6 * mib)
  budget.give(6 * mib)
  await close()
})

t.test('CompletionRoom keeps room for one message of each connection, and takes it back', (t) => {
  const room = new CompletionRoom()
  const gate = { budget: new ByteBudget({ boundBytes: mib, waitMs: 1000 }) }
  const first = fakeConnection()
  const second = fakeConnection()
  const large = fakeStream(first, gate, { wholeBytes: 500, arrivedBytes: 100 })
  const small = fakeStream(first, gate, { wholeBytes: 300, arrivedBytes: 100 })
  const other = fakeStream(second, gate, { wholeBytes: 900, arrivedBytes: 100 })
  const waiting = [first, second]
  t.equal(room.add(waiting, 100), undefined, 'none fits')
  t.equal(room.add(waiting, 10_000), small, 'of the first that which misses least')
  t.equal(room.keptBytes, 200)
  t.equal(room.add(waiting, 10_000), other, 'one of each')
  t.equal(room.add(waiting, 10_000), undefined)
  t.equal(room.keptBytes, 1000)
  t.same(room.takeFromIdle(performance.now() + 250), [])
  t.same(room.takeFromIdle(performance.now() + 750), [small, other])
  t.ok(room.isEmpty)
  small.refusedMs = 1
  t.equal(room.add(waiting, 10_000), large, 'not what was refused')
  room.delete(large)
  large.refusedMs = 1
  t.equal(room.add(waiting, 10_000), other, 'those that had their turn when there is nobody else')
  t.end()
})
