import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import type { Test } from 'tap'
import t from 'tap'
import type { ExportLoss } from '../../../bridge/opentelemetry/export-loss.ts'
import type { ExporterLimits } from '../../../bridge/opentelemetry/exporter-limits.ts'
import { GatewaySpanExporter } from '../../../bridge/opentelemetry/gateway-span-exporter.ts'
import type { TransportAnswer } from '../../../bridge/opentelemetry/span-transport.ts'
import { isTracingSuppressed } from '../../../bridge/propagation/suppress-tracing.ts'
import { ManualRuntime, refused, ScriptedTransport, takenAll } from './manual-runtime.ts'
import { changed, fullSpan } from './sample-spans.ts'

const span = fullSpan()

function create(
  transport: ScriptedTransport,
  limits: Partial<ExporterLimits> = {},
  runtime = new ManualRuntime(0),
) {
  const losses: ExportLoss[] = []
  const onLoss = (loss: ExportLoss) => losses.push(loss)
  const exporter = new GatewaySpanExporter({ transport, runtime, limits, onLoss })
  return { exporter, losses }
}

function exported(exporter: GatewaySpanExporter, spans: readonly ReadableSpan[]) {
  return new Promise<{ code: number; error?: Error }>((resolve) => {
    exporter.export(spans, resolve)
  })
}

/** An answer that comes when it is told to. */
function held() {
  let release = (_answer: TransportAnswer): void => {}
  const answer = new Promise<TransportAnswer>((resolve) => {
    release = resolve
  })
  return { answer: () => answer, release }
}

/** exported = taken + pending + all losses, and each loss was told. */
function addsUp(t: Test, exporter: GatewaySpanExporter, losses: readonly ExportLoss[]): void {
  const counts = exporter.counts()
  const lost = Object.values(counts.lost).reduce((sum, spans) => sum + spans, 0)
  t.equal(counts.exported, counts.taken + counts.pending + lost)
  t.equal(
    lost,
    losses.reduce((sum, loss) => sum + loss.spans, 0),
  )
}

t.test('export() succeeds when the gateway has stored the spans', async (t) => {
  const { exporter, losses } = create(new ScriptedTransport(takenAll))
  t.same(await exported(exporter, [span, span]), { code: 0 })
  t.match(exporter.counts(), { exported: 2, taken: 2, pending: 0 })
  t.same(losses, [])
  t.same(await exported(exporter, []), { code: 0 }, 'also when there are none')
})

t.test('export() tells spans that the gateway rejected, and succeeds', async (t) => {
  const partial = Buffer.from('0a06080212026e6f', 'hex')
  const { exporter, losses } = create(new ScriptedTransport({ kind: 'taken', response: partial }))
  t.same(await exported(exporter, [span, span, span]), { code: 0 })
  t.strictSame(losses, [
    { reason: 'rejected', spans: 2, message: 'The gateway rejected spans: no' },
  ])
  t.match(exporter.counts(), { exported: 3, taken: 1, lost: { rejected: 2 } })
  await exported(exporter, [span])
  t.match(
    exporter.counts(),
    { exported: 4, taken: 1, lost: { rejected: 3 } },
    'never more than sent',
  )
  addsUp(t, exporter, losses)
})

for (const [reason, answer] of [
  ['refused', refused('INVALID_ARGUMENT', { isRetryable: false })],
  ['gave_up', refused('UNAVAILABLE')],
] as const) {
  t.test(`export() fails and tells spans as ${reason}`, async (t) => {
    const { exporter, losses } = create(new ScriptedTransport(answer), { attemptsMax: 3 })
    const { code, error } = await exported(exporter, [span, span])
    t.equal(code, 1)
    t.match(error?.message, /^Cannot export spans: sent (once|3 times), last answer/)
    t.match(losses, [{ reason, spans: 2 }])
    t.equal(exporter.counts().retries, reason === 'gave_up' ? 2 : 0)
    addsUp(t, exporter, losses)
  })
}

t.test('export() sends the good spans beside bad ones, and fails for the bad', async (t) => {
  const bad = changed(span, { spanContext: () => ({ ...span.spanContext(), spanId: '' }) })
  const { exporter, losses } = create(new ScriptedTransport(takenAll))
  const { code, error } = await exported(exporter, [span, bad, span, bad])
  t.equal(code, 1)
  t.match(error?.message, /span id is "", must be 16 hex digits, and 1 more failures$/)
  t.match(exporter.counts(), { exported: 4, taken: 2, lost: { malformed: 2 } })
  addsUp(t, exporter, losses)
})

t.test('export() loses what is over queueBytesMax, and only that', async (t) => {
  const { answer, release } = held()
  const transport = new ScriptedTransport(answer)
  const size = 2000
  const { exporter, losses } = create(transport, { queueBytesMax: size })
  const first = exported(exporter, [span])
  const { code, error } = await exported(exporter, [span, span])
  t.equal(code, 1)
  t.match(error?.message, /\d+ bytes are under way, queueBytesMax is 2000/)
  t.match(losses, [{ reason: 'queue_full', spans: 2 }])
  t.match(exporter.counts(), { exported: 3, pending: 1 })
  release(takenAll)
  t.same(await first, { code: 0 })
  for (let at = 0; at < 4; at++) {
    t.same(await exported(exporter, [span]), { code: 0 }, 'there is room again')
  }
  addsUp(t, exporter, losses)
})

t.test('export() has at most concurrentMax requests under way', async (t) => {
  const { answer, release } = held()
  const transport = new ScriptedTransport(answer)
  const { exporter } = create(transport, { concurrentMax: 2, requestSpansMax: 1 })
  const done = exported(exporter, [span, span, span, span, span])
  t.equal(transport.requests.length, 2)
  release(takenAll)
  t.same(await done, { code: 0 })
  t.equal(transport.requests.length, 5)
})

t.test('export() is not traced itself', async (t) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  t.teardown(() => context.disable())
  const seen: boolean[] = []
  const look = async () => {
    await Promise.resolve()
    seen.push(isTracingSuppressed(context.active()))
    return seen.length < 2 ? refused('UNAVAILABLE') : takenAll
  }
  const { exporter } = create(new ScriptedTransport(look))
  await exported(exporter, [span])
  t.same(seen, [true, true], 'nor its retries')
})

t.test('forceFlush() resolves when all that was exported before is settled', async (t) => {
  const { answer, release } = held()
  const { exporter } = create(new ScriptedTransport(answer))
  const results: number[] = []
  exporter.export([span], ({ code }) => results.push(code))
  const flushed = exporter.forceFlush().then(() => results.push(99))
  await Promise.resolve()
  t.same(results, [])
  release(takenAll)
  await flushed
  t.same(results, [0, 99], 'after its callback')
})

t.test('shutdown() waits for what is under way, then takes nothing more', async (t) => {
  const { answer, release } = held()
  const transport = new ScriptedTransport(answer)
  const runtime = new ManualRuntime(0)
  // Time stands still: only the answer ends the wait.
  runtime.sleep = () => new Promise(() => {})
  const { exporter, losses } = create(transport, {}, runtime)
  const done = exported(exporter, [span])
  const stopped = exporter.shutdown()
  t.equal(exporter.shutdown(), stopped, 'twice is once')
  t.notOk(transport.isClosed)
  release(takenAll)
  await stopped
  t.same(await done, { code: 0 })
  t.ok(transport.isClosed)
  const { code, error } = await exported(exporter, [span, span])
  t.equal(code, 1)
  t.match(error?.message, 'the exporter is shut down')
  t.match(exporter.counts(), { exported: 3, taken: 1, lost: { shut_down: 2 } })
  addsUp(t, exporter, losses)
  await exporter.forceFlush()
})

t.test('shutdown() ends what takes longer than shutdownTimeoutMs, and tells it', async (t) => {
  const controller = new AbortController()
  const transport = new ScriptedTransport(takenAll)
  // Like a server that never answers: only the caller's signal ends the call.
  transport.send = (_request, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(refused('CANCELLED')))
      controller.abort()
    })
  const { exporter, losses } = create(transport, { shutdownTimeoutMs: 5 })
  const done = exported(exporter, [span])
  await exporter.shutdown()
  t.equal((await done).code, 1)
  t.match(losses, [{ reason: 'shut_down', spans: 1 }])
  t.ok(transport.isClosed)
  addsUp(t, exporter, losses)
})

t.test('a listener that throws loses no spans of others', async (t) => {
  const transport = new ScriptedTransport(refused('INTERNAL', { isRetryable: false }), takenAll)
  const exporter = new GatewaySpanExporter({
    transport,
    runtime: new ManualRuntime(0),
    onLoss: () => {
      throw new Error('a bug of the listener')
    },
  })
  t.equal((await exported(exporter, [span])).code, 1)
  t.equal((await exported(exporter, [span])).code, 0)
})

t.test('a limit that is no positive number is named', async (t) => {
  for (const value of [0, -1, Number.NaN]) {
    t.throws(() => create(new ScriptedTransport(takenAll), { attemptsMax: value }), {
      name: 'RangeError',
      message: `Cannot make exporter: attemptsMax is ${value}, must be above 0`,
    })
  }
})

t.test(
  'a time that no timer can wait is named, and is not taken for the shortest one',
  async (t) => {
    for (const value of [2 ** 31, Number.POSITIVE_INFINITY]) {
      t.throws(() => create(new ScriptedTransport(takenAll), { shutdownTimeoutMs: value }), {
        name: 'RangeError',
        message: `Cannot make exporter: shutdownTimeoutMs is ${value}, must be at most 2147483647`,
      })
    }
    const { exporter } = create(new ScriptedTransport(takenAll), {
      shutdownTimeoutMs: 2 ** 31 - 1,
      queueBytesMax: Number.POSITIVE_INFINITY,
    })
    t.same(await exported(exporter, [span]), { code: 0 }, 'what is no time may have no end')
  },
)
