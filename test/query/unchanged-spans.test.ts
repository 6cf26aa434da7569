import t from 'tap'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { shownStore } from './adjust/shown-spans.ts'
import { readAll, startQuery } from './query-port.ts'
import { storeOfTraces } from './scripted-store.ts'

const traceId = Buffer.from(traceIdOf(1))
const hex = traceId.toString('hex')

/** A server span before its parent's start, of no length, with an old attribute name and flags. */
const part = sampleBatch(
  [
    sampleGroup([
      sampleSpan({ trace: 1, id: 2, parent: 1, startMicros: 1_000_000, kind: 2 }),
      sampleSpan({
        trace: 1,
        id: 1,
        startMicros: 2_000_000,
        durationNano: 0n,
        flags: 1,
        attributes: { 'http.status_code': 404n },
      }),
    ]),
  ],
  Date.UTC(2026, 0, 31),
)

t.test('GetTrace answers raw and not raw alike where nothing is wrong', async (t) => {
  const store = storeOfTraces([[part]])
  const { v2, v3 } = await startQuery(t, store, { shown: shownStore(store) })
  const [plainV2, rawV2, plainV3, rawV3] = await Promise.all([
    readAll(v2.getTrace({ traceId })),
    readAll(v2.getTrace({ traceId, rawTraces: true })),
    readAll(v3.getTrace({ traceId: hex })),
    readAll(v3.getTrace({ traceId: hex, rawTraces: true })),
  ])
  t.equal(plainV2.messages.length, 1)
  t.same(plainV2.messages, rawV2.messages)
  t.equal(plainV3.messages.length, 1)
  t.same(plainV3.messages, rawV3.messages)
})

t.test('GetTrace of api_v2 warns of no zero duration', async (t) => {
  const { v2 } = await startQuery(t, storeOfTraces([[part]]))
  const { messages } = await readAll(v2.getTrace({ traceId }))
  const span = messages[0]?.spans[1]
  t.same(span?.duration, { seconds: '0', nanos: 0 })
  t.same(span?.warnings, [])
})

t.test('GetTrace of api_v2 keeps the flags of a span', async (t) => {
  const { v2 } = await startQuery(t, storeOfTraces([[part]]))
  const { messages } = await readAll(v2.getTrace({ traceId }))
  t.same(
    messages[0]?.spans.map(({ flags }) => flags),
    [0, 1],
  )
})

t.test('GetTrace of both APIs leaves the name http.status_code', async (t) => {
  const { v2, v3 } = await startQuery(t, storeOfTraces([[part]]))
  const jaeger = await readAll(v2.getTrace({ traceId }))
  const tags = jaeger.messages[0]?.spans[1]?.tags
  t.match(
    tags?.find(({ key }) => key === 'http.status_code'),
    { vType: 'INT64', vInt64: '404' },
  )
  const otlp = await readAll(v3.getTrace({ traceId: hex }))
  const span = otlp.messages[0]?.resourceSpans[0]?.scopeSpans[0]?.spans[1]
  t.match(span?.attributes[0], { key: 'http.status_code', value: { intValue: '404' } })
})
