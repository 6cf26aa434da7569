import { connect } from 'node:http2'
import t from 'tap'
import { ResetBudget } from '../../src/transport/reset-budget.ts'
import { bufferClient, rawStream, startListener, until } from './start-listener.ts'

t.test('a client that gives up thousands of calls loses none of its others', async (t) => {
  let finish = () => {}
  const handle = (request: Buffer) =>
    new Promise<Buffer>((resolve) => {
      if (request.length === 1) finish = () => resolve(Buffer.from('done'))
    })
  const { port, close, metrics } = await startListener({ handle })
  const client = bufferClient(`127.0.0.1:${port}`)
  t.teardown(async () => {
    client.close()
    await close()
  })
  const slow = client.call(Buffer.alloc(1))
  slow.catch(() => {})
  // Twice what ends a session of HTTP/2 with INTERNAL_ERROR.
  for (let round = 0; round < 40; round++) {
    const calls = Array.from({ length: 50 }, () => {
      let cancel = () => {}
      const call = client.call(Buffer.alloc(2), {
        onCall: (started) => {
          cancel = () => started.cancel()
        },
      })
      setImmediate(() => setImmediate(cancel))
      return call
    })
    const codes = new Set<unknown>()
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      codes.add(status === 'rejected' ? reason.code : status)
    }
    t.same([...codes], [1], 'each is cancelled, and fails for nothing else')
  }
  finish()
  t.equal(String(await slow), 'done')
  t.match(await metrics.render(), /^spangate_connections_renewed_total\{listener="test"\} [1-9]/m)
})

t.test(
  'a connection is parted from in order: its client learns which call is the last',
  async (t) => {
    const { port, close, budget } = await startListener()
    t.teardown(close)
    const session = connect(`http://127.0.0.1:${port}`)
    const goAways: (readonly [code: number, lastStream: number])[] = []
    session.on('goaway', (code, lastStream) => goAways.push([code, lastStream]))
    session.on('error', () => {})
    for (let round = 0; goAways.length === 0 && round < 30; round++) {
      const message = { announcedBytes: 9, body: Buffer.alloc(1) }
      const streams = Array.from({ length: 50 }, () => rawStream(session, message).stream)
      await until(() => budget.usedBytes === 50 * 6)
      for (const stream of streams) stream.close(8)
      await until(() => budget.usedBytes === 0)
    }
    const [code, lastStream = 0] = goAways[0] ?? []
    t.equal(code, 0)
    t.ok(lastStream > 1000 && lastStream < 2000, `${lastStream}, of odd numbers`)
    await until(() => session.closed)
  },
)

t.test('ResetBudget allows a burst and then 32 a second', (t) => {
  const budget = new ResetBudget(0)
  let spent = 1
  while (!budget.spend(0)) spent += 1
  t.ok(spent > 500 && spent < 1000, `${spent} at once`)
  t.equal(budget.spend(10_000), false, 'time gives some back')
  const slow = new ResetBudget(0)
  let parted = 0
  for (let second = 1; second <= 1000; second++) {
    for (let reset = 0; reset < 32; reset++) parted += slow.spend(second * 1000) ? 1 : 0
  }
  t.equal(parted, 0)
  t.end()
})
