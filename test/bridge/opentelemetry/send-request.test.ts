import t from 'tap'
import { defaultExporterLimits } from '../../../bridge/opentelemetry/exporter-limits.ts'
import type { RetryLimits } from '../../../bridge/opentelemetry/send-request.ts'
import { sendRequest } from '../../../bridge/opentelemetry/send-request.ts'
import { ManualRuntime, refused, ScriptedTransport, takenAll } from './manual-runtime.ts'

const request = Uint8Array.of(1, 2, 3)
const alive = new AbortController().signal

async function send(
  transport: ScriptedTransport,
  runtime = new ManualRuntime(0),
  changes: Partial<RetryLimits> = {},
  signal = alive,
) {
  const limits = { ...defaultExporterLimits, ...changes }
  let retries = 0
  const options = {
    transport,
    runtime,
    limits,
    endMs: runtime.nowMs() + limits.totalTimeoutMs,
    onRetry: () => {
      retries += 1
    },
  }
  const sent = await sendRequest(request, options, signal)
  return { sent, retries }
}

t.test('sendRequest() sends the same bytes until they are taken', async (t) => {
  const transport = new ScriptedTransport(refused('UNAVAILABLE'), refused('ABORTED'), takenAll)
  const { sent, retries } = await send(transport)
  t.match(sent, { kind: 'taken', rejectedSpans: 0 })
  t.equal(retries, 2)
  t.strictSame(transport.requests, [request, request, request])
})

t.test('sendRequest() waits half to all of a backoff that doubles up to its maximum', async (t) => {
  const limits = { attemptsMax: 6, backoffMs: 100, backoffMaxMs: 400 }
  const low = new ManualRuntime(0)
  await send(new ScriptedTransport(refused('UNAVAILABLE')), low, limits)
  t.strictSame(low.sleeps, [50, 100, 200, 200, 200])
  const high = new ManualRuntime(0.5)
  await send(new ScriptedTransport(refused('UNAVAILABLE')), high, limits)
  t.strictSame(high.sleeps, [75, 150, 300, 300, 300])
})

t.test('sendRequest() never comes back before the server asked for it', async (t) => {
  const busy = refused('RESOURCE_EXHAUSTED', { retryAfterMs: 2000 })
  const runtime = new ManualRuntime(0, 0.5)
  await send(new ScriptedTransport(busy, busy, takenAll), runtime, { backoffMs: 100 })
  t.strictSame(runtime.sleeps, [2000, 2200])
  const short = new ManualRuntime(0)
  const soon = refused('UNAVAILABLE', { retryAfterMs: 1 })
  await send(new ScriptedTransport(soon, takenAll), short, { backoffMs: 100 })
  t.strictSame(short.sleeps, [50], 'a shorter delay does not shorten the backoff')
})

t.test('sendRequest() gives up after the last attempt', async (t) => {
  const transport = new ScriptedTransport(refused('UNAVAILABLE'))
  const { sent } = await send(transport, undefined, { attemptsMax: 3 })
  t.match(sent, {
    kind: 'lost',
    reason: 'gave_up',
    message: 'sent 3 times, last answer UNAVAILABLE: said no',
  })
  t.equal(transport.requests.length, 3)
})

t.test('sendRequest() does not begin a wait that would pass the total time', async (t) => {
  const runtime = new ManualRuntime(0)
  const transport = new ScriptedTransport(refused('UNAVAILABLE', { retryAfterMs: 60_000 }))
  const { sent } = await send(transport, runtime)
  t.match(sent, { kind: 'lost', reason: 'gave_up' })
  t.strictSame(runtime.sleeps, [])
})

t.test('sendRequest() gives an attempt its own time, and no more than is left', async (t) => {
  const runtime = new ManualRuntime(0)
  const slow = async () => {
    runtime.now += 700
    return refused('DEADLINE_EXCEEDED')
  }
  const transport = new ScriptedTransport(slow)
  const limits = { attemptTimeoutMs: 700, totalTimeoutMs: 1600, backoffMs: 100 }
  const { sent } = await send(transport, runtime, limits)
  t.strictSame(
    transport.calls.map(({ timeoutMs }) => timeoutMs),
    [700, 700, 50],
  )
  t.match(sent, { reason: 'gave_up' })
})

t.test(
  'sendRequest() does not retry what is refused for good, nor a transport that throws',
  async (t) => {
    const bad = new ScriptedTransport(refused('INVALID_ARGUMENT', { isRetryable: false }))
    t.match((await send(bad)).sent, {
      reason: 'refused',
      message: /sent once, last answer INVALID_ARGUMENT/,
    })
    t.equal(bad.requests.length, 1)
    const broken = new ScriptedTransport(() => Promise.reject(new Error('a bug')))
    t.match((await send(broken)).sent, { reason: 'refused', message: /INTERNAL: a bug/ })
    t.equal(broken.requests.length, 1)
  },
)

t.test('sendRequest() does not take an answer that is none for a success', async (t) => {
  const transport = new ScriptedTransport({ kind: 'taken', response: Uint8Array.of(0x0a, 200) })
  t.match((await send(transport)).sent, {
    kind: 'lost',
    reason: 'refused',
    message: /its answer is none/,
  })
})

t.test(
  'sendRequest() ends with the signal: before it, during an attempt, during a wait',
  async (t) => {
    const before = new ScriptedTransport(takenAll)
    t.match((await send(before, undefined, {}, AbortSignal.abort())).sent, { reason: 'shut_down' })
    t.equal(before.requests.length, 0)
    for (const when of ['attempt', 'wait'] as const) {
      const controller = new AbortController()
      const runtime = new ManualRuntime(0)
      const transport = new ScriptedTransport(async () => {
        if (when === 'attempt') controller.abort()
        return refused('CANCELLED')
      })
      if (when === 'wait') runtime.sleep = async () => controller.abort()
      t.match(
        (await send(transport, runtime, {}, controller.signal)).sent,
        { reason: 'shut_down' },
        when,
      )
      t.equal(transport.requests.length, 1, when)
    }
  },
)

t.test('sendRequest() sends nothing when its turn comes too late', async (t) => {
  const transport = new ScriptedTransport(takenAll)
  const options = {
    transport,
    runtime: new ManualRuntime(0),
    limits: defaultExporterLimits,
    endMs: 0,
    onRetry: () => {},
  }
  t.match(await sendRequest(request, options, alive), { reason: 'gave_up', message: /25000 ms/ })
  t.equal(transport.requests.length, 0)
})
