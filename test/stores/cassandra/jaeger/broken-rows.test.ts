import t from 'tap'
import type { Span } from '../../../../bridge/model/span.ts'
import { groupsOf } from '../../../../bridge/otlp/batch-objects.ts'
import { queryOfLegacy } from '../../../../src/search/legacy-query.ts'
import type { StoreEvent } from '../../../../src/stores/store-event.ts'
import { findTraces, patience } from '../../../conformance/answer.ts'
import {
  attributesOf,
  sampleBatch,
  sampleGroup,
  sampleSpan,
  traceIdOf,
} from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'

t.setTimeout(300_000)
const needs = needsCassandra()
const startMicros = 1_700_000_000_000_000

t.test(
  'rows with columns that no writer leaves out are read as far as they go',
  needs,
  async (t) => {
    const cluster = await testCluster(t)
    const { session, keyspace } = cluster
    await makeJaegerKeyspace(cluster, 'v003')
    const damaged: string[] = []
    const onEvent = (event: StoreEvent): void => {
      if (event.kind === 'damaged') damaged.push(event.error.message)
    }
    const store = await openTestStore(cluster.address, { onEvent })
    t.teardown(() => store.close())
    const trace = `0x${Buffer.from(traceIdOf(1)).toString('hex')}`
    const insert = (table: string, columns: string, values: string) =>
      session.raw(
        'Cannot prepare',
        `INSERT INTO ${keyspace}.${table} (${columns}) VALUES (${values})`,
      )
    await insert('traces', 'trace_id, span_id, span_hash', `${trace}, 1, 1`)
    await insert('traces', 'trace_id, span_id, span_hash, operation_name', `${trace}, 0, 1, 'zero'`)
    await insert(
      'traces',
      'trace_id, span_id, span_hash, start_time, duration, refs, tags, logs, process',
      `${trace}, 2, 1, -5, -7,
     [{ref_type: 'child-of', trace_id: 0x01, span_id: 1}, {ref_type: 'child-of', trace_id: 0x, span_id: 9},
      {ref_type: 'odd'}, {ref_type: 'child-of', trace_id: ${trace}, span_id: 1}],
     [{key: 'a'}, {key: 'b', value_type: 'int64'}, {value_type: 'bool'}, {key: 'c', value_type: 'float64'},
      {key: 'd', value_type: 'binary'}],
     [{ts: null, fields: null}], {tags: null}`,
    )
    const spans: Span[] = []
    for await (const part of store.trace('', { traceId: traceIdOf(1) }, patience)) {
      for (const group of groupsOf(part)) spans.push(...group.spans)
    }
    const [bare, odd, ...others] = spans
    t.same(others, [])
    t.match(bare, { name: 'empty-span-name', startUnixNano: 0n, endUnixNano: 0n })
    t.same(
      odd?.attributes.filter(({ key }) => !key.startsWith('@jaeger@')),
      attributesOf({
        a: '<Unknown Jaeger TagType "">',
        b: 0n,
        '': false,
        c: 0,
        d: new Uint8Array(),
      }),
    )
    t.match(odd, { startUnixNano: 0n, endUnixNano: 0n })
    t.equal(Buffer.from(odd?.parentSpanId ?? []).toString('hex'), '0000000000000001')
    t.equal(odd?.links.length, 2, 'but for the one whose id has one byte')
    const warnings = odd?.attributes.find(({ key }) => key === '@jaeger@warnings')?.value
    t.match(JSON.stringify(warnings), /Reference left out: its trace id has 1 bytes/)
    t.same(damaged, ['Cannot read a row of traces: Cannot decode span: span id is all zero'])
  },
)

t.test('find() passes over a row of an index that names no trace', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await makeJaegerKeyspace(cluster, 'v004')
  const store = await openTestStore(cluster.address)
  t.teardown(() => store.close())
  const span = sampleSpan({ trace: 3, id: 1, name: 'get', startMicros, attributes: { a: 'x' } })
  await store.write('', sampleBatch([sampleGroup([span])], Date.now()), patience)
  const earlier = startMicros - 1
  await session.raw(
    '',
    `INSERT INTO ${keyspace}.service_operation_index (service_name, operation_name, start_time) VALUES ('shop', 'get', ${earlier})`,
  )
  const attributes = new Map([['a', 'x']])
  const query = queryOfLegacy({ service: 'shop', operation: 'get', attributes, limit: 10 })
  t.same(await findTraces(store, query), [3])
})
