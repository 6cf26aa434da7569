import t from 'tap'
import type { Span, SpanGroup } from '../../../bridge/model/span.ts'
import { spanBytes } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { startHttpApi } from '../http-port.ts'
import { readAll, startQuery } from '../query-port.ts'
import { scriptedStore, storeOfTraces } from '../scripted-store.ts'
import { plainValueOf, shownGroups, shownParts, shownStore, warningsOf } from './shown-spans.ts'

const client = 3
const server = 2

async function shownSpans(groups: readonly SpanGroup[]): Promise<Span[]> {
  return (await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]))).flatMap(
    ({ spans }) => spans,
  )
}

const idOf = ({ spanId }: Span) => Number(Buffer.from(spanId).readBigUInt64BE())
const parentOf = ({ parentSpanId }: Span) => {
  return parentSpanId === undefined
    ? undefined
    : Number(Buffer.from(parentSpanId).readBigUInt64BE())
}

t.test(
  'a part without anything to adjust is the same one, with bytes that nobody knows',
  async (t) => {
    // Field 1000, a varint.
    const unknown = Uint8Array.of(0xc0, 0x3e, 0x07)
    const spans = [
      sampleSpan({ trace: 1, id: 1, unknown }),
      sampleSpan({ trace: 1, id: 2, parent: 1 }),
    ]
    const part = sampleBatch([sampleGroup(spans, { resourceUnknown: unknown })], 0)
    t.equal((await shownParts(storeOfTraces([[part]])))[0], part)
    const orphan = sampleSpan({ trace: 1, id: 3, parent: 9 })
    const mixed = sampleBatch([sampleGroup([...spans, orphan], { resourceUnknown: unknown })], 0)
    const [changed] = await shownParts(storeOfTraces([[mixed]]))
    t.not(changed, mixed)
    if (changed === undefined) return
    t.same(Buffer.from(spanBytes(changed, 0)), Buffer.from(spanBytes(mixed, 0)))
    t.same(groupsOf(changed)[0]?.resourceUnknown, unknown)
    t.equal(changed.arrivalUnixMs, mixed.arrivalUnixMs)
  },
)

t.test(
  'a server span that shares the id of its client gets its own, and what is below it',
  async (t) => {
    const spans = await shownSpans([
      sampleGroup([
        sampleSpan({ trace: 1, id: 1, kind: client }),
        sampleSpan({ trace: 1, id: 7, parent: 1, kind: client }),
        sampleSpan({ trace: 1, id: 7, parent: 1, kind: server }),
        sampleSpan({ trace: 1, id: 3, parent: 7 }),
        sampleSpan({ trace: 1, id: 2, parent: 3 }),
      ]),
    ])
    t.same(spans.map(idOf), [1, 7, 4, 3, 2])
    t.same(spans.map(parentOf), [undefined, 1, 7, 4, 3])
    t.same(spans.map(warningsOf), [
      [],
      [],
      [
        'span ID 0000000000000007 is shared with the client span; shown as 0000000000000004 below it',
      ],
      [
        'parent span ID 0000000000000007 is shared by two spans; shown below the server span 0000000000000004',
      ],
      [],
    ])
    const alone = [
      sampleSpan({ trace: 1, id: 7, kind: server }),
      sampleSpan({ trace: 1, id: 8, kind: client }),
    ]
    t.same((await shownSpans([sampleGroup(alone)])).map(idOf), [7, 8])
  },
)

t.test('addresses that are numbers become text, of spans and of resources', async (t) => {
  const groups = [
    sampleGroup(
      [
        sampleSpan({
          trace: 1,
          id: 1,
          attributes: { 'peer.ipv4': 2_130_706_433n, ip: '10.0.0.1', 'my.ip': 5n },
        }),
        sampleSpan({ trace: 1, id: 2, parent: 1, attributes: { ip: -1n } }),
      ],
      { resource: { ip: 167_772_161, 'peer.ipv4': true } },
    ),
  ]
  const [group] = await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]))
  t.equal(plainValueOf(group?.resource, 'ip'), '10.0.0.1')
  t.equal(plainValueOf(group?.resource, 'peer.ipv4'), true)
  const [one, two] = group?.spans ?? []
  t.equal(plainValueOf(one, 'peer.ipv4'), '127.0.0.1')
  t.equal(plainValueOf(one, 'ip'), '10.0.0.1')
  t.equal(plainValueOf(one, 'my.ip'), 5n)
  t.equal(plainValueOf(two, 'ip'), '255.255.255.255')
  t.same(warningsOf(one), [
    'ip was the number 167772161, shown as an address',
    'peer.ipv4 was the number 2130706433, shown as an address',
  ])
  t.same(warningsOf(two), ['ip was the number -1, shown as an address'])
})

t.test(
  'attributes of the SDK go to the resource, but for those that it has otherwise',
  async (t) => {
    const sdk = {
      'telemetry.sdk.name': 'otel',
      'telemetry.sdk.language': 'go',
      'telemetry.distro.name': 'd',
    }
    const groups = [
      sampleGroup(
        [
          sampleSpan({ trace: 1, id: 1, attributes: { ...sdk, other: 1n } }),
          sampleSpan({ trace: 1, id: 2, parent: 1 }),
        ],
        { resource: { 'telemetry.sdk.language': 'java', 'telemetry.distro.name': 'd' } },
      ),
    ]
    const [plain, moved] = await shownGroups(storeOfTraces([[sampleBatch(groups, 0)]]))
    t.same(plain?.spans.map(idOf), [2])
    t.equal(plainValueOf(plain?.resource, 'telemetry.sdk.name'), undefined)
    t.same(moved?.spans.map(idOf), [1])
    t.equal(plainValueOf(moved?.resource, 'telemetry.sdk.name'), 'otel')
    t.equal(plainValueOf(moved?.resource, 'telemetry.sdk.language'), 'java')
    const [span] = moved?.spans ?? []
    t.equal(plainValueOf(span, 'telemetry.sdk.name'), undefined)
    t.equal(plainValueOf(span, 'telemetry.sdk.language'), 'go')
    t.equal(plainValueOf(span, 'telemetry.distro.name'), undefined)
    t.equal(plainValueOf(span, 'other'), 1n)
    t.same(warningsOf(span), [
      'conflicting values for attribute telemetry.sdk.language of span and resource; left where it is',
      'shown in the resource: telemetry.sdk.name, telemetry.distro.name',
    ])
  },
)

t.test('a link without a trace is left out', async (t) => {
  const link = (trace: number) => {
    const { spanId } = sampleSpan({ trace: 1, id: 9 })
    return {
      traceId: traceIdOf(trace),
      spanId,
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    }
  }
  const links = [link(0), link(5), { ...link(0), traceId: new Uint8Array(0) }]
  const [span] = await shownSpans([sampleGroup([sampleSpan({ trace: 1, id: 1, links })])])
  t.same(span?.links, [link(5)])
  t.same(warningsOf(span), ['Invalid span link removed', 'Invalid span link removed'])
})

t.test('a trace of more parts than are held is read twice', async (t) => {
  const text = 'x'.repeat(1_000_000)
  const parts = Array.from({ length: 20 }, (_, i) => {
    const spans = [sampleSpan({ trace: 1, id: i + 1, parent: i + 2, attributes: { text } })]
    return sampleBatch([sampleGroup(spans)], 0)
  })
  let reads = 0
  const store = scriptedStore({
    trace: async function* () {
      reads += 1
      yield* parts
    },
  })
  const spans = (await shownGroups(store)).flatMap(({ spans }) => spans)
  t.equal(reads, 2)
  t.same(
    spans.map(idOf),
    parts.map((_, i) => i + 1),
  )
  t.equal(warningsOf(spans[18]).length, 0)
  t.match(warningsOf(spans[19]), [/parent span ID=0000000000000015 is not in the trace/])
})

t.test('a trace of too many spans is shown without a look at the whole, and says so', async (t) => {
  const counted: string[] = []
  const spans = Array.from({ length: 12 }, (_, i) =>
    sampleSpan({ trace: 1, id: i + 1, parent: 99 }),
  )
  const store = storeOfTraces([[sampleBatch([sampleGroup(spans)], 0)]])
  const metrics = { add: (name: string) => counted.push(name) }
  const shown = (await shownGroups(store, { spansMax: 10, metrics })).flatMap(({ spans }) => spans)
  t.equal(shown.length, 12)
  t.same(warningsOf(shown[0]), [
    'the trace has over 10 spans (query.max-adjusted-spans); clock skew and shared span IDs were not looked at',
  ])
  for (const span of shown.slice(1)) t.same(warningsOf(span), [])
  t.same(counted, ['spangate_traces_unadjusted_total'])
})

t.test('what all answers hold together has a bound, and is given back', async (t) => {
  const text = 'x'.repeat(400_000)
  const orphan = (id: number) => sampleSpan({ trace: 1, id, parent: 99, attributes: { text } })
  const parts = [1, 2].map((id) => sampleBatch([sampleGroup([orphan(id)])], 0))
  let reads = 0
  const store = scriptedStore({
    trace: async function* () {
      reads += 1
      yield* parts
    },
  })
  const shown = shownStore(store, { heldInAllMax: 1_000_000 })
  const open = async () => {
    const trace = shown.trace('', { traceId: traceIdOf(1) }, new AbortController().signal)
    const reader = trace[Symbol.asyncIterator]()
    t.match(warningsOf(groupsOf((await reader.next()).value)[0]?.spans[0]), [/is not in the trace/])
    return reader
  }
  const first = await open()
  t.equal(reads, 1, 'the first is held')
  const second = await open()
  t.equal(reads, 3, 'the second is read twice')
  await first.return?.()
  await second.return?.()
  await open()
  t.equal(reads, 4, 'there is room again')
  const full = await shownGroups(store, { heldInAllMax: 40 })
  t.match(warningsOf(full[0]?.spans[0]), [/query\.max-adjusting-size/])
})

t.test('a trace of more spans than are shown is cut, and its first span says so', async (t) => {
  const span = (id: number) => sampleSpan({ trace: 1, id })
  const parts = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
  ].map((ids) => sampleBatch([sampleGroup(ids.map(span))], 0))
  const store = storeOfTraces([parts])
  const cut = async (shownSpansMax: number, options = {}) => {
    const spans = (await shownGroups(store, { shownSpansMax, ...options })).flatMap(
      (group) => group.spans,
    )
    t.same(spans.slice(1).flatMap(warningsOf), [], 'nothing else is told')
    return { ids: spans.map(({ spanId }) => spanId[7]), warnings: warningsOf(spans[0]) }
  }
  const setting = '(query.max-trace-spans)'
  t.same(await cut(5), {
    ids: [1, 2, 3, 4, 5],
    warnings: [`the trace has 8 spans, of which the first 5 are shown ${setting}`],
  })
  t.same(await cut(3), {
    ids: [1, 2, 3],
    warnings: [`the trace has 8 spans, of which the first 3 are shown ${setting}`],
  })
  const all = { ids: [1, 2, 3, 4, 5, 6, 7, 8], warnings: [] }
  t.same(await cut(8), all)
  t.same(await cut(0), all)
  const unlooked =
    'the trace has over 2 spans (query.max-adjusted-spans); clock skew and shared span IDs were not looked at'
  t.same(await cut(5, { spansMax: 2 }), {
    ids: [1, 2, 3, 4, 5],
    warnings: [unlooked, `the trace has over 5 spans, of which the first 5 are shown ${setting}`],
  })
  t.same(await cut(8, { spansMax: 2 }), { ...all, warnings: [unlooked] })
})

t.test('all APIs show traces adjusted, and raw ones as they are stored', async (t) => {
  const store = storeOfTraces([
    [sampleBatch([sampleGroup([sampleSpan({ trace: 1, id: 1, parent: 9 })])], 0)],
  ])
  const shown = shownStore(store)
  const { v2, v3 } = await startQuery(t, store, { shown })
  const { ask } = await startHttpApi(t, store, { shown })
  const window = {
    startTimeMin: { seconds: '0', nanos: 0 },
    startTimeMax: { seconds: '4000000000', nanos: 0 },
  }
  const httpWindow =
    'query.startTimeMin=1970-01-01T00:00:00Z&query.startTimeMax=2096-01-01T00:00:00Z'
  const traceId = Buffer.from(traceIdOf(1))
  for (const raw of [false, true]) {
    const rawTraces = raw
    const answers: readonly unknown[] = [
      (await readAll(v2.getTrace({ traceId, rawTraces }))).messages,
      (await readAll(v2.findTraces({ query: { rawTraces } }))).messages,
      (await readAll(v3.getTrace({ traceId: '1', rawTraces }))).messages,
      (await readAll(v3.findTraces({ query: { ...window, rawTraces } }))).messages,
      (await ask(`/api/traces/1?raw=${raw}`)).json,
      (await ask(`/api/traces?raw=${raw}`)).json,
      (await ask(`/api/traces?traceID=1&raw=${raw}`)).json,
      (await ask(`/api/v3/traces/1?rawTraces=${raw}`)).json,
      (await ask(`/api/v3/traces?${httpWindow}&query.rawTraces=${raw}`)).json,
    ]
    for (const [at, answer] of answers.entries()) {
      const text = JSON.stringify(answer)
      t.match(text, /operation/, `${at} has the span`)
      t.equal(
        text.includes('parent span ID=0000000000000009 is not in the trace'),
        !raw,
        `${at} ${raw}`,
      )
    }
  }
})
