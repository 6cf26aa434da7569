import t from 'tap'
import type { CallResult, LoadConnection, OnResult } from '../../../bench/load/call-result.ts'
import { LoadRun } from '../../../bench/load/load-run.ts'
import type { ReadyMessage } from '../../../bench/load/templates.ts'

const ok: CallResult = { status: '0', isOk: true, hasRetryInfo: false, message: '' }
const busy: CallResult = { status: '14', isOk: false, hasRetryInfo: true, message: 'busy' }
const message: ReadyMessage = { framed: Buffer.alloc(5), template: 0, spanCount: 10 }

/** A connection whose calls end when the test says so. */
class FakeConnection implements LoadConnection {
  readonly waiting: OnResult[] = []

  get inFlight(): number {
    return this.waiting.length
  }

  send(_framed: Buffer, onResult: OnResult): void {
    this.waiting.push(onResult)
  }

  answer(result: CallResult): void {
    this.waiting.shift()?.(result)
  }

  close(): void {}
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('Waited 10 s for a condition')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

t.test('a closed loop sends the next message when one is answered', async (t) => {
  const connection = new FakeConnection()
  const source = { next: () => message }
  const load = new LoadRun({ connections: [connection], inFlight: 3, batch: 10, rate: 0, source })
  t.equal(connection.inFlight, 3)
  connection.answer(ok)
  connection.answer(busy)
  t.equal(connection.inFlight, 3)
  t.match(load.counts(), {
    acknowledgedSpans: 10,
    acknowledgedCalls: 1,
    refusedCalls: { '14+RetryInfo': 1 },
  })
  load.reset()
  t.match(load.counts(), { acknowledgedSpans: 0, refusedCalls: {} })
  const stopped = load.stop()
  while (connection.inFlight > 0) connection.answer(ok)
  await stopped
  t.equal(load.counts().acknowledgedSpans, 30)
})

t.test(
  'an open loop goes on while nothing is answered, and counts from the due time',
  async (t) => {
    const connection = new FakeConnection()
    const source = { next: () => message }
    const load = new LoadRun({
      connections: [connection],
      inFlight: 2,
      batch: 10,
      rate: 2000,
      source,
    })
    await until(() => connection.inFlight === 2 && load.overdueCalls >= 4)
    t.equal(connection.inFlight, 2, 'no more than the bound')
    connection.answer(ok)
    connection.answer(ok)
    t.equal(connection.inFlight, 2, 'what is overdue follows at once')
    connection.answer(ok)
    // The third message was due 10 ms after the start, and the sixth 25 ms after it.
    t.ok(load.latency.maxMs >= 15, `${load.latency.maxMs}`)
    const stopped = load.stop()
    while (connection.inFlight > 0) connection.answer(ok)
    await stopped
  },
)
