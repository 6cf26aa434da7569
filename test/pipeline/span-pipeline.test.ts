import assert from 'node:assert/strict'
import { pino } from 'pino'
import t from 'tap'
import type { Rejected } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanStride } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const source = { receiver: 'r', format: 'f' }
const bad: Rejected = { reason: 'trace_id', message: 'Cannot take span: its trace id is zero' }
const { signal } = new AbortController()

/** A batch of so many spans; the pipeline looks at their number alone. */
function batchOf(spans: number): SpanBatch {
  return {
    bytes: new Uint8Array(),
    groups: new Uint32Array(),
    spans: new Uint32Array(spans * spanStride),
    times: new Float64Array(spans * 2),
    arrivalUnixMs: 0,
  }
}

type Write = SpanStore['write']

function build(write: Write, boundBytes = 1000) {
  const metrics = createMetrics()
  const budget = new ByteBudget({ boundBytes, waitMs: 20 })
  const logger = pino({ level: 'silent' })
  const sink = createSpanPipeline({ store: { write }, budget, metrics, logger })
  /** The counters, by name and reason, and whether they add up. */
  const counts = async () => {
    const values: Record<string, number> = {}
    for (const line of (await metrics.render()).split('\n')) {
      const found = /^spangate_spans_(\w+?)(?:_total)?\{[^}]*?(?:reason="(\w+)")?\} (\d+)$/.exec(
        line,
      )
      if (found === null) continue
      const [, name, reason, value] = found
      values[reason === undefined ? String(name) : `${name} ${reason}`] = Number(value)
    }
    const parts = Object.entries(values).filter(([name]) => name !== 'received')
    const sum = parts.reduce((total, [, value]) => total + value, 0)
    assert.equal(values['received'] ?? 0, sum, 'received = stored + rejected + dropped + in flight')
    return values
  }
  return { metrics, budget, sink, counts }
}

t.test('stored spans and bad ones add up', async (t) => {
  const { sink, counts, budget } = build(async () => ({ rejected: [bad] }))
  const admitted = await sink.admit({ ...source, sizeBytes: 100, signal })
  t.equal(budget.usedBytes, 100)
  const delivery = { tenant: '', batch: batchOf(10), rejected: [bad, bad] }
  const rejected = await admitted.store(delivery, signal)
  t.equal(rejected.length, 3, 'those of the decoder and of the store')
  admitted.release()
  admitted.release()
  t.equal(budget.usedBytes, 0)
  t.same(await counts(), { received: 12, stored: 9, 'rejected trace_id': 3, in_flight: 0 })
})

t.test('a request without good spans does not trouble the store', async (t) => {
  const { sink, counts } = build(() => Promise.reject(new Error('asked')))
  const admitted = await sink.admit({ ...source, sizeBytes: 0, signal })
  const rejected = await admitted.store({ tenant: '', batch: batchOf(0), rejected: [bad] }, signal)
  t.same(rejected, [bad])
  await admitted.store({ tenant: '', batch: batchOf(0), rejected: [] }, signal)
  t.same(await counts(), { received: 1, 'rejected trace_id': 1 })
})

t.test('spans in flight are counted until the store answers', async (t) => {
  let answer: (result: { rejected: Rejected[] }) => void = () => {}
  const { sink, counts } = build(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const admitted = await sink.admit({ ...source, sizeBytes: 0, signal })
  const stored = admitted.store({ tenant: '', batch: batchOf(5), rejected: [] }, signal)
  t.same(await counts(), { received: 5, in_flight: 5 })
  answer({ rejected: [] })
  await stored
  t.same(await counts(), { received: 5, stored: 5, in_flight: 0 })
})

t.test('a store that is away drops the spans and says when to come back', async (t) => {
  const { sink, counts } = build(() =>
    Promise.reject(new GatewayError('store_unavailable', 'Cannot write: the disk is full')),
  )
  const admitted = await sink.admit({ ...source, sizeBytes: 0, signal })
  await t.rejects(admitted.store({ tenant: '', batch: batchOf(4), rejected: [bad] }, signal), {
    code: 'store_unavailable',
    retryable: true,
    retryAfterMs: 1000,
    message: 'Cannot write: the disk is full',
  })
  t.same(await counts(), {
    received: 5,
    'dropped store_unavailable': 4,
    'rejected trace_id': 1,
    in_flight: 0,
  })
})

t.test('a store with a bug drops the spans and the bug stays one', async (t) => {
  const { sink, counts } = build(() => Promise.reject(new TypeError('x is undefined')))
  const admitted = await sink.admit({ ...source, sizeBytes: 0, signal })
  const stored = admitted.store({ tenant: '', batch: batchOf(4), rejected: [] }, signal)
  await t.rejects(stored, { name: 'TypeError' })
  t.same(await counts(), { received: 4, 'dropped internal': 4, in_flight: 0 })
})

t.test('a client that goes away drops the spans with its reason', async (t) => {
  const controller = new AbortController()
  const { sink, counts } = build(
    (_tenant, _batch, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  )
  const admitted = await sink.admit({ ...source, sizeBytes: 0, signal })
  const stored = admitted.store({ tenant: '', batch: batchOf(2), rejected: [] }, controller.signal)
  controller.abort(new GatewayError('deadline_exceeded', 'Cannot answer: late'))
  await t.rejects(stored, { code: 'deadline_exceeded' })
  t.same(await counts(), { received: 2, 'dropped deadline_exceeded': 2, in_flight: 0 })
})

t.test('admit() takes over what is held and asks for the rest alone', async (t) => {
  const { sink, budget, counts } = build(async () => ({ rejected: [] }))
  budget.take(900)
  let held = 900
  const takeOver = () => {
    const bytes = held
    held = 0
    return bytes
  }
  const admission = { ...source, sizeBytes: 950, held: { takeOver }, signal }
  const admitted = await sink.admit(admission)
  t.equal(budget.usedBytes, 950)
  await t.rejects(sink.admit({ ...source, sizeBytes: 51, signal }), { code: 'overloaded' })
  admitted.release()
  t.equal(budget.usedBytes, 0)
  budget.take(1000)
  held = 10
  await t.rejects(sink.admit(admission), { code: 'overloaded' })
  t.equal(budget.usedBytes, 990, 'a refused request keeps nothing')
  t.same(await counts(), {}, 'a refused request has no spans yet')
})
