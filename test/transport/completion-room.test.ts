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
    clients.map((client) => client.call(Buffer.alloc(sizeBytes), { deadlineMs: 60_000 })),
  )
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
}

t.test('large messages that come all at once become whole one after the other', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 16 * mib,
    maxMessageBytes: 4 * mib,
    waitMs: 50_000,
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
    waitMs: 50_000,
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
    waitMs: 50_000,
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
  const call = client.call(Buffer.alloc(1.2 * mib), { deadlineMs: 60_000 })
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
    waitMs: 40_000,
    stalledAfterMs: 60_000,
  })
  // Somebody else holds most of it.
  budget.take(6 * mib)
  const still = Array.from({ length: 3 }, () =>
    rawCall(port, { announcedBytes: 512 * kib, body: Buffer.alloc(300 * kib) }),
  )
  await until(() => budget.usedBytes >= 6 * mib + 3 * 300 * kib)
  const client = bufferClient(`127.0.0.1:${port}`)
  await client.call(Buffer.alloc(512 * kib), { deadlineMs: 30_000 })
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

t.test('clients that bring a byte now and then keep no room from others', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 16 * mib,
    maxMessageBytes: 4 * mib,
    waitMs: 8000,
  })
  // Somebody else holds so much that they have to wait, and then leaves room for the three of them.
  budget.take(14.5 * mib)
  const slow = Array.from({ length: 3 }, () =>
    rawCall(port, { announcedBytes: 1.2 * mib, body: Buffer.alloc(60 * kib) }),
  )
  await until(() => budget.usedBytes >= 14.5 * mib + 3 * 48 * kib)
  const trickle = setInterval(() => {
    for (const { stream } of slow) stream.write(Buffer.alloc(1))
  }, 100)
  budget.give(3.5 * mib)
  const client = bufferClient(`127.0.0.1:${port}`)
  await client.call(Buffer.alloc(mib), { deadlineMs: 15_000 })
  t.pass('another one is let in')
  clearInterval(trickle)
  client.close()
  for (const { session } of slow) session.destroy()
  await until(() => budget.usedBytes === 11 * mib)
  budget.give(11 * mib)
  await close()
})

t.test('parts are refused for each other although somebody else holds a little', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: 8 * mib,
    maxMessageBytes: 2.5 * mib,
    waitMs: 20_000,
  })
  // Were it given back, none would become whole with it.
  budget.take(100 * kib)
  const clients = Array.from({ length: 24 }, () => bufferClient(`127.0.0.1:${port}`))
  const refused = await refusedOf(clients, 2.25 * mib)
  t.comment(`${refused.length} of ${clients.length} refused`)
  t.ok(refused.length < clients.length / 2, 'most are taken')
  for (const error of refused) t.match(error, { code: 14, details: /no room for the rest of it/ })
  for (const client of clients) client.close()
  await until(() => budget.usedBytes === 100 * kib)
  await close()
})

/** A room of 15,000 bytes, and messages of connections that wait for it. */
function build(
  ...sizes: readonly { readonly wholeBytes: number; readonly arrivedBytes: number }[]
) {
  const budget = new ByteBudget({ boundBytes: 16_000, waitMs: 1000 })
  const room = new CompletionRoom({ budget, turnMs: 10_000 })
  const streams = sizes.map((size) => fakeStream(fakeConnection(), { budget }, size))
  const waiting = streams.map(({ connection }) => connection)
  return { budget, room, streams, waiting, startMs: performance.now() }
}

t.test('CompletionRoom keeps room for one message of each connection, and takes it back', (t) => {
  const { budget, room, streams, waiting, startMs } = build(
    { wholeBytes: 5000, arrivedBytes: 1000 },
    { wholeBytes: 9000, arrivedBytes: 1000 },
  )
  const [large, other] = streams
  if (large === undefined) throw new Error('there are two')
  const small = fakeStream(large.connection, { budget }, { wholeBytes: 3000, arrivedBytes: 1000 })
  t.same(room.letIn([], startMs), [])
  t.same(room.letIn(waiting, startMs), [small, other], 'of each that which misses least')
  t.equal(room.keptBytes, 2000 + 8000)
  t.same(room.letIn(waiting, startMs), [small, other], 'they may go on, and nobody else')
  t.equal(room.keptBytes, 2000 + 8000)
  t.same(room.takeUnused(startMs + 450), [])
  t.same(room.takeUnused(startMs + 550), [small, other], 'nothing has come of them')
  t.equal(room.keptBytes, 0)
  small.refusedMs = 1
  t.same(room.letIn(waiting, startMs + 550), [large, other], 'there is nobody else')
  t.notOk(room.has(small))
  t.ok(room.delete(large))
  t.equal(room.keptBytes, 8000)
  t.end()
})

t.test('CompletionRoom keeps what is missing for a message that comes evenly', (t) => {
  const { room, streams, waiting, startMs } = build({ wholeBytes: 10_400, arrivedBytes: 400 })
  const [stream] = streams
  if (stream === undefined) throw new Error('there is one')
  room.letIn(waiting, startMs)
  for (let half = 1; half < 20; half++) {
    stream.arrive(Buffer.alloc(510))
    t.ok(room.onArrived(stream))
    t.equal(room.keptBytes, 10_000 - half * 510)
    t.same(room.takeUnused(startMs + half * 500), [], `after ${half * 500} ms`)
  }
  stream.arrive(Buffer.alloc(310))
  room.onArrived(stream)
  t.equal(room.keptBytes, 0)
  t.notOk(room.has(stream), 'it is whole')
  t.end()
})

t.test(
  'CompletionRoom takes the turn of a message that comes too slowly, not of one that is stopped',
  (t) => {
    const { room, streams, waiting, startMs } = build({ wholeBytes: 10_400, arrivedBytes: 400 })
    const [stream] = streams
    if (stream === undefined) throw new Error('there is one')
    room.letIn(waiting, startMs)
    stream.waitedMs += 5000
    t.same(room.takeUnused(startMs + 5450), [], 'it was stopped for five seconds')
    stream.arrive(Buffer.alloc(1))
    room.onArrived(stream)
    t.same(room.takeUnused(startMs + 5550), [stream])
    t.end()
  },
)

t.test('CompletionRoom gives no second turn while somebody waits who had none', (t) => {
  const { room, streams, waiting, startMs } = build(
    { wholeBytes: 5000, arrivedBytes: 1000 },
    { wholeBytes: 5000, arrivedBytes: 1000 },
    { wholeBytes: 10_000, arrivedBytes: 2000 },
  )
  const [first, second, large] = streams
  if (second === undefined) throw new Error('there are three')
  t.same(room.letIn(waiting, startMs), [first, second], 'the third does not fit beside them')
  second.arrive(Buffer.alloc(500))
  room.onArrived(second)
  t.same(room.takeUnused(startMs + 600), [first])
  t.same(room.letIn(waiting, startMs + 600), [second], 'although the first would fit')
  t.same(room.takeUnused(startMs + 1200), [second])
  t.same(room.letIn(waiting, startMs + 1200), [large])
  t.same(room.takeUnused(startMs + 1900), [large])
  t.same(room.letIn(waiting, startMs + 1900), [first, second], 'nobody is left that had none')
  t.end()
})

t.test('CompletionRoom lets those in first that have brought some of what they announce', (t) => {
  const { room, streams, waiting, startMs } = build(
    { wholeBytes: 12_000, arrivedBytes: 200 },
    { wholeBytes: 8000, arrivedBytes: 1000 },
  )
  const [announcer, sender] = streams
  t.same(room.letIn(waiting, startMs), [sender])
  t.same(room.letIn([...waiting].slice(0, 1), startMs), [sender], 'it does not fit beside it')
  if (sender !== undefined) room.delete(sender)
  t.same(room.letIn([...waiting].slice(0, 1), startMs), [announcer])
  t.end()
})
