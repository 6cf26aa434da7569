import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'
import { DroppedSpans } from '../../src/pipeline/dropped-spans.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { sampleBatch, sampleGroup, sampleSpan, spanIdOf, traceIdOf } from '../conformance/sample.ts'

/** Spans of one trace with these ids. */
const batchOf = (trace: number, ...ids: number[]) =>
  sampleBatch([sampleGroup(ids.map((id) => sampleSpan({ trace, id })))], 0)

t.test('DroppedSpans remembers spans by tenant, trace and id', async (t) => {
  const dropped = new DroppedSpans()
  const beforeMs = Date.now()
  dropped.note('one', batchOf(1, 1, 2), 'store_unavailable')
  dropped.note('one', batchOf(1, 2), 'cancelled')
  const found = dropped.find('one', traceIdOf(1), spanIdOf(1))
  t.equal(found?.reason, 'store_unavailable')
  t.ok((found?.unixMs ?? 0) >= beforeMs)
  t.equal(dropped.find('one', traceIdOf(1), spanIdOf(2))?.reason, 'cancelled', 'the last time')
  t.equal(dropped.find('one', traceIdOf(1), spanIdOf(3)), undefined)
  t.equal(dropped.find('one', traceIdOf(2), spanIdOf(1)), undefined)
  t.equal(dropped.find('two', traceIdOf(1), spanIdOf(1)), undefined)
})

t.test('DroppedSpans forgets the oldest, and never the newest half', async (t) => {
  const dropped = new DroppedSpans(4)
  const known = (trace: number, ids: number[]) =>
    ids.filter((id) => dropped.find('', traceIdOf(trace), spanIdOf(id)) !== undefined)
  dropped.note('', batchOf(1, 1, 2), 'cancelled')
  dropped.note('', batchOf(1, 1), 'cancelled')
  t.same(known(1, [1, 2]), [1, 2])
  dropped.note('', batchOf(1, 3), 'cancelled')
  t.same(known(1, [1, 2, 3]), [1, 3], 'what is noted again is new')
  dropped.note('', batchOf(1, 4), 'cancelled')
  t.same(known(1, [1, 2, 3, 4]), [1, 3, 4])
  dropped.note('', batchOf(2, 1, 2, 3, 4, 5), 'cancelled')
  t.same(known(1, [1, 2, 3, 4]), [])
  t.same(known(2, [1, 2, 3, 4, 5]), [3, 4, 5])
})

t.test('DroppedSpans takes no span for another one', async (t) => {
  const dropped = new DroppedSpans()
  const ids = Array.from({ length: 1000 }, (_, at) => at + 1)
  for (let trace = 1; trace <= 10; trace++) dropped.note('', batchOf(trace, ...ids), 'cancelled')
  const some = randomBytes(20_024)
  let wrong = 0
  for (let at = 0; at < 20_000; at++) {
    const [traceId, spanId] = [some.subarray(at, at + 16), some.subarray(at + 16, at + 24)]
    if (dropped.find('', traceId, spanId) !== undefined) wrong += 1
    if (dropped.find('', traceIdOf(1 + (at % 10)), spanIdOf(1001 + at)) !== undefined) wrong += 1
  }
  t.equal(wrong, 0)
})

t.test('createSpanPipeline() notes the spans of a write that fails, and no others', async (t) => {
  const dropped = new DroppedSpans()
  let fails = false
  const sink = createSpanPipeline({
    store: {
      write: async () => {
        if (fails) throw new GatewayError('store_unavailable', 'Cannot write: it is away')
        return { rejected: [] }
      },
    },
    budget: new ByteBudget({ boundBytes: 1000, waitMs: 10 }),
    metrics: createMetrics(),
    logger: pino({ level: 'silent' }),
    dropped,
  })
  const { signal } = new AbortController()
  const send = async (id: number) => {
    const admitted = await sink.admit({ receiver: 'r', format: 'f', sizeBytes: 1, signal })
    await admitted
      .store({ tenant: '', batch: batchOf(1, id), rejected: [] }, signal)
      .finally(() => admitted.release())
  }
  await send(1)
  fails = true
  await t.rejects(send(2), { code: 'store_unavailable' })
  t.equal(dropped.find('', traceIdOf(1), spanIdOf(1)), undefined)
  t.match(dropped.find('', traceIdOf(1), spanIdOf(2)), { reason: 'store_unavailable' })
})
