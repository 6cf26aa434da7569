import t from 'tap'
import type { Span } from '../../../../bridge/model/span.ts'
import { groupsOf } from '../../../../bridge/otlp/batch-objects.ts'
import type { SpanStore } from '../../../../src/ports/span-store.ts'
import { queryOfLegacy } from '../../../../src/search/legacy-query.ts'
import { findTraces, patience, rankTraces, readFind } from '../../../conformance/answer.ts'
import { any, attr, call, ofService, string } from '../../../conformance/filter.ts'
import {
  attributesOf,
  sampleBatch,
  sampleGroup,
  sampleSpan,
  traceIdOf,
} from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import type { TestCluster } from '../test-cluster.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'
import { writeOddRows } from './odd-rows.ts'

t.setTimeout(600_000)
const needs = needsCassandra()
const startMicros = 1_700_000_000_000_000

for (const version of ['v003', 'v004'] as const) {
  t.test(`JaegerStore in a keyspace that Jaeger has made, ${version}`, needs, async (t) => {
    const cluster = await testCluster(t)
    await makeJaegerKeyspace(cluster, version)
    const before = await tablesOf(cluster)
    await writeOddRows(cluster, startMicros)
    // Nothing says whose tables they are.
    const store = await openTestStore(`${cluster.address}?migrate=auto`)
    t.teardown(() => store.close())

    await t.test('reads what Jaeger 1.x and 2.x have written', async (t) => {
      const spans = await spansOf(store, 1)
      t.same([...spans.keys()].sort(), ['first', 'legacy parent', 'second', 'second'].slice(0, 3))
      const first = spans.get('first')
      t.same(first?.span.attributes, [
        ...attributesOf({
          text: 'x',
          yes: true,
          int: -9_223_372_036_854_775_808n,
          double: 0.1,
          bytes: new Uint8Array([0, 255]),
          long: 'y'.repeat(300),
          json: '{"a":[1]}',
          odd: '<Unknown Jaeger TagType "decimal">',
          nothing: '',
        }),
        ...attributesOf({ '@jaeger@flags': 2n, '@jaeger@warnings': ['slow', 'odd'] }),
      ])
      t.equal(first?.span.kind, 2)
      t.equal(first?.span.flags, 1)
      t.equal(first?.span.startUnixNano, BigInt(startMicros) * 1000n)
      t.equal(first?.span.endUnixNano, BigInt(startMicros + 1500) * 1000n)
      t.equal(first?.span.parentSpanId, undefined)
      t.same(
        first?.span.events.map(({ name, timeUnixNano, attributes }) => [
          name,
          timeUnixNano,
          attributes,
        ]),
        [['retry', BigInt(startMicros + 7) * 1000n, attributesOf({ times: 3n })]],
      )
      t.same(
        first?.span.links.map(({ traceId, spanId, attributes }) => [
          Buffer.from(traceId).toString('hex'),
          Buffer.from(spanId).toString('hex'),
          attributes,
        ]),
        [
          [
            Buffer.from(traceIdOf(77, 5)).toString('hex'),
            'fffffffffffffffe',
            attributesOf({ 'opentracing.ref_type': 'follows_from' }),
          ],
        ],
      )
      t.same(first?.resource, attributesOf({ 'service.name': 'front', 'host.name': 'h1' }))
      // Its id has all 64 bits, and the server shares it.
      t.equal(
        Buffer.from(spans.get('second')?.span.spanId ?? []).toString('hex'),
        'f000000000000001',
      )
      const legacy = spans.get('legacy parent')?.span
      t.equal(Buffer.from(legacy?.parentSpanId ?? []).toString('hex'), 'f000000000000001')
      t.equal(await countOf(store, 1), 4, 'client and server of one id')
    })

    await t.test(
      'finds it by service, operation, two tags, duration and time together',
      async (t) => {
        const predicates = {
          service: 'front',
          operation: 'first',
          attributes: new Map([
            ['text', 'x'],
            ['yes', 'true'],
          ]),
          minMicros: startMicros,
          maxMicros: startMicros + 1,
          durationMinNano: 1_500_000n,
          durationMaxNano: 1_500_000n,
          limit: 10,
        }
        t.same(await rankTraces(store, queryOfLegacy(predicates)), [
          [Buffer.from(traceIdOf(1)).toString('hex'), startMicros],
        ])
        for (const change of [
          { service: 'back' },
          { operation: 'second' },
          {
            attributes: new Map([
              ['text', 'x'],
              ['yes', 'false'],
            ]),
          },
          { minMicros: startMicros + 1, maxMicros: startMicros + 2 },
          { maxMicros: startMicros },
          { durationMinNano: 1_501_000n, durationMaxNano: 9_000_000n },
          { durationMinNano: 0n, durationMaxNano: 1_499_000n },
        ]) {
          t.same(await rankTraces(store, queryOfLegacy({ ...predicates, ...change })), [])
        }
        // What is in no index is found where a service is searched.
        const long = call('eq', attr('span', 'long'), string('y'.repeat(300)))
        t.same(await findTraces(store, { filter: call('and', ofService('front'), long) }), [1])
        const json = call('eq', attr('', 'json'), any('{"a":[1]}'))
        t.same(await findTraces(store, { filter: json }), [1])
      },
    )

    await t.test('lists names and links', async (t) => {
      t.same(await store.services(''), ['back', 'front'])
      t.same(await store.operations('', 'front'), [
        { name: 'first', spanKind: 2 },
        { name: 'second', spanKind: 0 },
        { name: 'second', spanKind: 3 },
      ])
      t.same(await store.operations('', 'front', 3), [{ name: 'second', spanKind: 3 }])
      const startMs = startMicros / 1000
      t.same(await store.dependencies?.links('', { startMs, endMs: startMs + 1 }), [
        { parent: 'front', child: 'back', callCount: 7, source: 'jaeger' },
      ])
      t.same(await store.dependencies?.links('', { startMs: startMs - 1, endMs: startMs }), [])
    })

    await t.test('is refused to other tenants', async (t) => {
      const batch = sampleBatch([sampleGroup([sampleSpan({ trace: 1, id: 1 })])], Date.now())
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.write('blue', batch, patience),
        () => store.services('blue'),
        () => readFind(store, { limit: 1 }, 'blue'),
      ]
      for (const call of calls) {
        await t.rejects(call(), { code: 'invalid_argument', field: 'tenant' })
      }
    })

    t.same(await tablesOf(cluster), before, 'a gateway adds no table to a keyspace of Jaeger')
  })
}

t.test('find() that hits a bound says so, and keeps what it has found', needs, async (t) => {
  const { address } = await testCluster(t)
  const searchBounds = { timeMaxMs: 60_000, spansMax: 40 }
  const store = await openTestStore(`${address}?layout=jaeger&migrate=auto`, { searchBounds })
  t.teardown(() => store.close())
  const spans = Array.from(Array(100).keys(), (at) =>
    sampleSpan({
      trace: at + 1,
      id: 1,
      startMicros: startMicros - at,
      attributes: { n: String(at) },
    }),
  )
  await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
  // No index has a negation: spans are read, the newest first.
  const filter = call('ne', attr('span', 'n'), string('3'))
  const { traces, bound } = await readFind(store, { filter, limit: 100 })
  t.same(bound, { setting: 'search.max-spans', limit: 40 })
  t.ok(traces.length > 10 && traces.length < 60, `${traces.length} traces`)
  t.equal(Number.parseInt(traces[0]?.traceId ?? '', 16), 1)
  const one = call('eq', attr('span', 'n'), string('99'))
  const exact = await readFind(store, { filter: one, limit: 10 })
  t.equal(exact.bound, undefined, 'an index names the one trace')
  t.equal(exact.traces.length, 1)
})

t.test('write() refuses a span whose row is larger than Cassandra takes', needs, async (t) => {
  const { address, session, keyspace } = await testCluster(t)
  const store = await openTestStore(`${address}?layout=jaeger&migrate=auto`)
  t.teardown(() => store.close())
  const span = (trace: number, name: string, attributes = {}) =>
    sampleSpan({ trace, id: 1, name, startMicros: startMicros + trace, attributes })
  // Six characters for each of these in JSON, as which a list is kept: 19 MB of a span of 3 MB.
  const list = ['\u0001'.repeat(3_200_000)]
  const spans = [span(1, 'small'), span(2, 'long', { list }), span(3, 'small')]
  const batch = sampleBatch([sampleGroup(spans)], Date.now())
  const { rejected } = await store.write('', batch, patience)
  t.equal(rejected.length, 1)
  t.match(rejected, [
    {
      reason: 'too_large',
      message: /a row has \d+ bytes, Cassandra takes at most 16777216 \(its \w+\)/,
    },
  ])
  t.same(await findTraces(store, { filter: ofService('shop') }), [3, 1], 'the others are stored')
  const rows = await session.raw('', `SELECT operation_name FROM ${keyspace}.operation_names_v2`)
  t.notOk(
    rows.some((row) => row['operation_name'] === 'long'),
    'nothing names a span that is not there',
  )
})

t.test('JaegerStore in keyspaces older than v003', needs, async (t) => {
  for (const version of ['v001', 'v002'] as const) {
    const cluster = await testCluster(t)
    const { session, keyspace, address } = cluster
    await makeJaegerKeyspace(cluster, version)
    const store = await openTestStore(address)
    t.teardown(() => store.close())
    const spans = [sampleSpan({ trace: 3, id: 1, kind: 2, name: 'get' })]
    await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
    t.same(await store.operations('', 'shop'), [{ name: 'get', spanKind: 0 }])
    t.same(await findTraces(store, { filter: ofService('shop') }), [3])
    if (version === 'v002') continue
    await session.raw(
      '',
      `INSERT INTO ${keyspace}.dependencies (ts, ts_index, dependencies) VALUES (1000, 1000, [{parent: 'a', child: 'b', call_count: 2}])`,
    )
    t.same(await store.dependencies?.links('', { startMs: 1000, endMs: 1001 }), [
      { parent: 'a', child: 'b', callCount: 2, source: '' },
    ])
  }
})

async function tablesOf({ session, keyspace }: TestCluster): Promise<unknown> {
  const rows = await session.raw(
    '',
    'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?',
    [keyspace],
  )
  return rows.map((row) => row['table_name'])
}

async function spansOf(
  store: SpanStore,
  trace: number,
): Promise<Map<string, { span: Span; resource: unknown }>> {
  const spans = new Map<string, { span: Span; resource: unknown }>()
  for await (const batch of store.trace('', { traceId: traceIdOf(trace) }, patience)) {
    for (const group of groupsOf(batch)) {
      for (const span of group.spans) {
        spans.set(span.name, { span, resource: group.resource?.attributes })
      }
    }
  }
  return spans
}

async function countOf(store: SpanStore, trace: number): Promise<number> {
  const { traces } = await readFind(store, { limit: 10 })
  const hex = Buffer.from(traceIdOf(trace)).toString('hex')
  return traces.find(({ traceId }) => traceId === hex)?.keys.length ?? 0
}
