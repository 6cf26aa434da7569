import t from 'tap'
import type { Span, SpanGroup } from '../../../bridge/model/span.ts'
import { goDurationText } from '../../../src/query/adjust/go-duration-text.ts'
import type { SampleSpan } from '../../conformance/sample.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { storeOfTraces } from '../scripted-store.ts'
import { shownGroups, warningsOf } from './shown-spans.ts'

t.setTimeout(120_000)

const base = 1_000_000_000

/** A span `at` ms after the base that takes `takes` ms. */
function span(id: number, at: number, takes: number, more: Partial<SampleSpan> = {}): Span {
  const times = { startMicros: base + Math.round(at * 1000), durationNano: BigInt(takes * 1e6) }
  return sampleSpan({ trace: 1, id, ...times, ...more })
}

function onHost(name: string, ...spans: readonly Span[]): SpanGroup {
  return sampleGroup(spans, { resource: { 'host.name': name } })
}

/** Start in ms after the base, and warnings, of each span by its id. */
async function shown(groups: readonly SpanGroup[], options = {}) {
  const spans = (await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]), options)).flatMap(
    ({ spans }) => spans,
  )
  const entries = spans.map((span) => {
    const startMs = Number(span.startUnixNano - BigInt(base) * 1000n) / 1e6
    return [
      Number(Buffer.from(span.spanId).readBigUInt64BE()),
      { startMs, warnings: warningsOf(span), span },
    ] as const
  })
  return new Map(entries)
}

/** Spans of host b below one of host a, from 0 to 100 ms; where the first of b is shown. */
const placed: readonly (readonly [
  why: string,
  at: number,
  takes: number,
  startMs: number,
  delta: string,
])[] = [
  ['inside', 10, 50, 10, ''],
  ['inside, to the edges', 0, 100, 0, ''],
  ['it starts earlier', -10, 50, 25, '35ms'],
  ['it ends later', 60, 50, 25, '-35ms'],
  ['it begins after the end', 200, 40, 30, '-170ms'],
  ['it is longer and starts earlier', -10, 200, 0, '10ms'],
  ['it is longer and starts later', 10, 200, 10, ''],
  ['by a part of a microsecond', 99.999, 0.003, 49.9985, '-50.0005ms'],
]

for (const [why, at, takes, startMs, delta] of placed) {
  t.test(`a span of another host is moved into its parent: ${why}`, async (t) => {
    const event = { name: 'e', attributes: [], droppedAttributesCount: 0 }
    const eventAt = BigInt(base) * 1000n + BigInt(Math.round(at * 1e6))
    const child = span(2, at, takes, { parent: 1, events: [{ ...event, timeUnixNano: eventAt }] })
    const spans = await shown([onHost('a', span(1, 0, 100)), onHost('b', child)])
    t.same(spans.get(1)?.warnings, [])
    const moved = spans.get(2)
    t.ok(Math.abs((moved?.startMs ?? 0) - startMs) < 0.001, `${moved?.startMs} is ${startMs}`)
    t.same(
      moved?.warnings,
      delta === '' ? [] : [`This span's timestamps were adjusted by ${delta}`],
    )
    const { startUnixNano = 0n, endUnixNano = 0n, events = [] } = moved?.span ?? {}
    t.equal(endUnixNano - startUnixNano, child.endUnixNano - child.startUnixNano)
    t.equal(events[0]?.timeUnixNano, startUnixNano - child.startUnixNano + eventAt)
  })
}

t.test('what is below a moved span by the same clock moves with it, however far', async (t) => {
  const spans = await shown([
    onHost('a', span(1, 0, 100), span(5, 500, 10, { parent: 4 })),
    onHost(
      'b',
      span(2, 200, 40, { parent: 1 }),
      span(3, 205, 10, { parent: 2 }),
      span(4, 300, 100, { parent: 3 }),
    ),
  ])
  t.equal(spans.get(2)?.startMs, 30)
  t.equal(spans.get(3)?.startMs, 35)
  t.equal(spans.get(4)?.startMs, 130)
  // Its parent is from 130 to 230 now.
  t.equal(spans.get(5)?.startMs, 175)
})

t.test('spans of one clock are not compared: one host, or one resource without', async (t) => {
  const wrong = span(2, 500, 40, { parent: 1 })
  const own = { service: 'a' }
  for (const groups of [
    [onHost('a', span(1, 0, 100)), onHost('a', wrong)],
    [sampleGroup([span(1, 0, 100)], own), sampleGroup([wrong], own)],
    [
      sampleGroup([span(1, 0, 100)], { resource: { 'host.id': 'x', 'host.name': 'a' } }),
      sampleGroup([wrong], { resource: { 'host.id': 'x', 'host.name': 'b' } }),
    ],
    [
      sampleGroup([span(1, 0, 100)], { resource: { 'host.ip': ['10.0.0.1', '::1'] } }),
      sampleGroup([wrong], { resource: { 'host.ip': '10.0.0.1', other: true } }),
    ],
  ]) {
    const spans = await shown(groups)
    t.equal(spans.get(2)?.startMs, 500)
    t.same(spans.get(2)?.warnings, [])
  }
  const different = [
    sampleGroup([span(1, 0, 100)], { service: 'a' }),
    sampleGroup([wrong], { service: 'b' }),
  ]
  t.equal((await shown(different)).get(2)?.startMs, 30)
})

t.test(
  'a span that follows from its parent, or takes a message of it, stays where it is',
  async (t) => {
    const follows = {
      key: 'opentracing.ref_type',
      value: { kind: 'string', value: 'follows_from' },
    } as const
    const link = (spanId: Uint8Array, attributes: readonly (typeof follows)[]) => {
      return {
        traceId: traceIdOf(1),
        spanId,
        traceState: '',
        attributes,
        droppedAttributesCount: 0,
        flags: 0,
      }
    }
    const parent = span(1, 0, 100)
    const spans = await shown([
      onHost('a', parent),
      onHost('b', span(2, 500, 40, { parent: 1, links: [link(parent.spanId, [follows])] })),
      onHost('c', span(3, 500, 40, { parent: 1, kind: 5 })),
      onHost('d', span(4, 500, 40, { parent: 1, links: [link(parent.spanId, [])] })),
      onHost('e', span(5, 500, 40, { parent: 1, links: [link(span(9, 0, 0).spanId, [follows])] })),
      onHost('f', span(6, 500, 40, { parent: 1, name: 'opentracing.ref_type' })),
    ])
    const startsMs = [2, 3, 4, 5, 6].map((id) => spans.get(id)?.startMs)
    t.same(startsMs, [500, 500, 30, 30, 30])
    t.same(spans.get(2)?.warnings, [])
  },
)

t.test('a delta over the bound is told and not applied', async (t) => {
  const groups = [onHost('a', span(1, 0, 100)), onHost('b', span(2, 200, 40, { parent: 1 }))]
  const over = (await shown(groups, { skewMaxMs: 100 })).get(2)
  t.equal(over?.startMs, 200)
  t.same(over?.warnings, [
    'max clock skew adjustment delta of 100ms exceeded; not applying calculated delta of -170ms',
  ])
  const disabled = (await shown(groups, { skewMaxMs: 0 })).get(2)
  t.equal(disabled?.startMs, 200)
  t.same(disabled?.warnings, [
    'clock skew adjustment disabled; not applying calculated delta of -170ms',
  ])
  t.equal((await shown(groups, { skewMaxMs: 170 })).get(2)?.startMs, 30)
})

t.test('orphans, repeated ids and rings are told, and break nothing', async (t) => {
  const groups = [
    onHost(
      'a',
      span(1, 0, 100),
      span(1, 5, 100, { name: 'again' }),
      span(2, 0, 10, { parent: 99 }),
    ),
    onHost(
      'b',
      span(3, 500, 10, { parent: 4 }),
      span(4, 500, 10, { parent: 3 }),
      span(5, 0, 1, { parent: 5 }),
    ),
  ]
  const spans = (await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]))).flatMap(
    ({ spans }) => spans,
  )
  t.equal(spans.length, 6)
  t.same(spans.map(warningsOf), [
    [],
    ['duplicate span IDs; skipping clock skew adjustment'],
    ['parent span ID=0000000000000063 is not in the trace; skipping clock skew adjustment'],
    [],
    [],
    [],
  ])
})

t.test('an orphan whose parent was seen and dropped tells when and why', async (t) => {
  const groups = [onHost('a', span(1, 0, 10, { parent: 99 }), span(2, 0, 10, { parent: 98 }))]
  const asked: string[] = []
  const dropped = {
    find: (tenant: string, traceId: Uint8Array, spanId: Uint8Array) => {
      asked.push([tenant, ...[traceId, spanId].map((id) => Buffer.from(id).toString('hex'))].join())
      return spanId[7] === 99 ? { reason: 'store_unavailable', unixMs: 1000 } : undefined
    },
  }
  const groupsShown = await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]), { dropped })
  t.same(groupsShown.flatMap(({ spans }) => spans).map(warningsOf), [
    [
      'parent span ID=0000000000000063 is not in the trace; skipping clock skew adjustment; it came at 1970-01-01T00:00:01.000Z and was dropped (store_unavailable)',
    ],
    ['parent span ID=0000000000000062 is not in the trace; skipping clock skew adjustment'],
  ])
  t.ok(asked.includes(',00000000000000000000000000000001,0000000000000063'))
})

t.test('a chain of 100,000 spans takes no stack', async (t) => {
  const chain = Array.from({ length: 100_000 }, (_, i) =>
    span(i + 1, i, 1, i === 0 ? {} : { parent: i }),
  )
  const groups = [onHost('a', ...chain)]
  const parts = storeOfTraces([[sampleBatch(groups, 0)]])
  const spans = (await shownGroups(parts, { spansMax: 200_000 })).flatMap(({ spans }) => spans)
  t.equal(spans.length, 100_000)
})

t.test('100,000 spans of one id take no longer than others', async (t) => {
  const same = Array.from({ length: 100_000 }, (_, i) => span(1, i, 1, { kind: 2 + (i % 2) }))
  const parts = storeOfTraces([[sampleBatch([onHost('a', ...same)], 0)]])
  const startMs = performance.now()
  const spans = (await shownGroups(parts, { spansMax: 200_000 })).flatMap(({ spans }) => spans)
  t.equal(spans.length, 100_000)
  t.equal(new Set(spans.map(({ spanId }) => Buffer.from(spanId).toString('hex'))).size, 50_001)
  // Quadratic would be minutes.
  t.ok(performance.now() - startMs < 60_000)
})

t.test('goDurationText() writes durations as Go does', async (t) => {
  for (const [ns, text] of [
    [0, '0s'],
    [1, '1ns'],
    [-999, '-999ns'],
    [1000, '1µs'],
    [1500, '1.5µs'],
    [1_000_001, '1.000001ms'],
    [-35_000_000, '-35ms'],
    [1_100_000_000, '1.1s'],
    [60_000_000_000, '1m0s'],
    [61_500_000_000, '1m1.5s'],
    [3_600_000_000_000, '1h0m0s'],
    [-36_061_000_000_000, '-10h1m1s'],
  ] as const) {
    t.equal(goDurationText(ns), text)
  }
})
