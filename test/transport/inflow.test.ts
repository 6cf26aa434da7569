import t from 'tap'
import {
  bufferClient,
  detailsText,
  failure,
  rawCall,
  startListener,
  until,
} from './start-listener.ts'

const kib = 1024
const mib = 1024 * kib

/** A client that announces a message, sends a part of it and stops. */
function sendPart(port: number, announcedBytes: number, sentBytes: number) {
  return rawCall(port, { announcedBytes, body: Buffer.alloc(sentBytes) })
}

t.test('bytes of an unfinished message are counted and given back at a reset', async () => {
  const { port, budget, close } = await startListener()
  const sender = sendPart(port, 300 * kib, 100 * kib)
  // HTTP/2's window of 64 KiB is renewed by grpc-js as it reads.
  await until(() => budget.usedBytes === 100 * kib + 5)
  sender.stream.close(8)
  await until(() => budget.usedBytes === 0)
  sender.session.destroy()
  await close()
})

t.test('bytes of an unfinished message are given back when its connection ends', async () => {
  const { port, budget, close } = await startListener()
  const sender = sendPart(port, 300 * kib, 100 * kib)
  await until(() => budget.usedBytes === 100 * kib + 5)
  sender.session.destroy()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('many unfinished messages stay under the bound and let others through', async (t) => {
  const boundBytes = 8 * mib
  const { port, budget, metrics, close } = await startListener({
    boundBytes,
    maxMessageBytes: 2.5 * mib,
    waitMs: 200,
    stalledAfterMs: 1000,
  })
  let mostBytes = 0
  const watch = setInterval(() => {
    mostBytes = Math.max(mostBytes, budget.usedBytes)
  }, 1)
  const senders = Array.from({ length: 60 }, () => sendPart(port, 2.5 * mib, 1.5 * mib))
  await until(() => budget.usedBytes > boundBytes / 2)
  const client = bufferClient(`127.0.0.1:${port}`)
  const small = await client.call(Buffer.alloc(20 * kib), { deadlineMs: 5000 })
  t.same(small.length, 0, 'a small request is served while the bound presses')
  // A large one needs room that others hold; it may be refused, and is served soon.
  let tries = 0
  await until(async () => {
    tries += 1
    try {
      await client.call(Buffer.alloc(2 * mib), { deadlineMs: 5000 })
      return true
    } catch (error) {
      t.match(error, { code: 14 }, 'a refusal says to try again')
      return false
    }
  })
  t.comment(`large request served at try ${tries}, most bytes ${mostBytes}`)
  clearInterval(watch)
  // One read of each socket may come on top.
  t.ok(mostBytes <= boundBytes + senders.length * 64 * kib, 'memory stayed near the bound')
  t.match(
    await metrics.render(),
    /spangate_messages_given_up_total\{listener="test",reason="\w+"\}/,
  )
  client.close()
  for (const { session } of senders) session.destroy()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('a message that stands still is ended only while the bound presses', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: mib,
    maxMessageBytes: 340 * kib,
    waitMs: 60_000,
    stalledAfterMs: 500,
  })
  const still = sendPart(port, 300 * kib, 200 * kib)
  await until(() => budget.usedBytes === 200 * kib + 5)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  t.equal(still.status(), undefined, 'there is room, so it may stand still')
  const others = Array.from({ length: 4 }, () => sendPart(port, 340 * kib, 339 * kib))
  await until(() => still.status() === '14')
  still.session.destroy()
  for (const { session } of others) session.destroy()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('who waits too long for room gets UNAVAILABLE with RetryInfo', async (t) => {
  const { port, budget, close } = await startListener({
    boundBytes: mib,
    maxMessageBytes: 340 * kib,
    waitMs: 100,
  })
  // Somebody else, a slow store for example, holds almost all.
  budget.take(mib - 20 * kib)
  const client = bufferClient(`127.0.0.1:${port}`)
  const error = await failure(client.call(Buffer.alloc(330 * kib), { deadlineMs: 5000 }))
  t.equal(error.code, 14)
  t.match(error.details, /no room for the rest of it within 100 ms/)
  t.match(detailsText(error.metadata), /google\.rpc\.RetryInfo/)
  budget.give(mib - 20 * kib)
  await client.call(Buffer.alloc(330 * kib), { deadlineMs: 5000 })
  client.close()
  await until(() => budget.usedBytes === 0)
  await close()
})
