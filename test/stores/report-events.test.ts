import { pino } from 'pino'
import t from 'tap'
import { storeEventHandler } from '../../src/stores/report-events.ts'

type StoreEvent = Parameters<ReturnType<typeof storeEventHandler>>[0]

/** The counters and the lines of the log that an event leads to. */
function reported(event: StoreEvent) {
  const added: unknown[] = []
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line)) })
  storeEventHandler(logger, { add: (...args) => added.push(args) })(event)
  return { added, lines }
}

for (const [kind, reason] of [
  ['expired', 'retention'],
  ['evicted', 'eviction'],
] as const) {
  t.test(`storeEventHandler() counts ${kind} spans under ${reason}`, async (t) => {
    const { added, lines } = reported({ kind, spanCount: 7 })
    t.same(added, [['spangate_spans_expired_total', 7, { reason }]])
    t.match(lines, [{ level: 20, spanCount: 7 }])
  })
}

t.test('storeEventHandler() counts refused reads', async (t) => {
  const { added, lines } = reported({ kind: 'read_refused', waiting: 3 })
  t.same(added, [['spangate_reads_refused_total', 1, {}]])
  t.match(lines, [{ level: 20, waiting: 3 }])
})

t.test('storeEventHandler() logs the error of a failure and counts nothing', async (t) => {
  const error = new Error('disk is gone')
  const { added, lines } = reported({ kind: 'commit_failed', error, requestCount: 3 })
  t.same(added, [])
  t.match(lines, [
    { level: 50, msg: 'commit failed', requestCount: 3, err: { message: 'disk is gone' } },
  ])
  t.notOk(lines.some((line) => 'error' in line || 'kind' in line))
})

t.test('storeEventHandler() says by its level what needs a person', async (t) => {
  t.match(reported({ kind: 'expiry_paused', jumpMs: 5 }).lines, [{ level: 40, jumpMs: 5 }])
  t.match(reported({ kind: 'expiry_resumed' }).lines, [{ level: 30 }])
  t.match(reported({ kind: 'thread_restarted', thread: 'reader' }).lines, [{ level: 30 }])
})
