import t from 'tap'
import type { Term } from '../../../../src/ports/span-query.ts'
import { requestRowsOf } from '../../../../src/stores/cassandra/jaeger/index-statements.ts'
import type { SpanRow } from '../../../../src/stores/cassandra/jaeger/rows.ts'
import {
  TagAllowance,
  tagLimitDefaults,
} from '../../../../src/stores/cassandra/jaeger/tag-limits.ts'
import { rowsOf } from '../../../../src/stores/cassandra/jaeger/write-rows.ts'
import { findTraces, patience } from '../../../conformance/answer.ts'
import { attr, call, field, ofService, string } from '../../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'

t.setTimeout(600_000)
const needs = needsCassandra()

const large = Object.fromEntries(Array.from(Array(15_000).keys(), (key) => [`k${key}`, 'v']))

function batchWith(count: number, resource: Readonly<Record<string, string>>) {
  const spans = Array.from(Array(count).keys(), (at) =>
    sampleSpan({
      trace: at + 1,
      id: 1,
      name: `n${at % 2}`,
      startMicros: 1_700_000_000_000_000 + at,
      attributes: { own: `own ${at}`, parity: String(at % 2) },
    }),
  )
  return sampleBatch([sampleGroup(spans, { resource })], Date.now())
}

t.test('a request of 1,000 spans with 15,000 attributes each has bounded rows', async (t) => {
  const allowance = new TagAllowance(tagLimitDefaults)
  let rows = 0
  const omitted = new Map<string, number>()
  // Few at a time, as it is written.
  const group: SpanRow[] = []
  const flush = (): void => {
    rows += requestRowsOf(group, allowance).batches.flatMap((batch) => batch.rows).length
    group.length = 0
    for (const [limit, count] of allowance.omitted()) {
      omitted.set(limit, (omitted.get(limit) ?? 0) + count)
    }
  }
  for (const row of rowsOf(batchWith(1000, large))) if (group.push(row) === 50) flush()
  const { spanTagsMax, requestTagsMax } = tagLimitDefaults
  t.ok(
    rows <= requestTagsMax + 6 * 1000,
    `${rows} rows, the marker and five of other tables a span`,
  )
  const tags = 15_003
  t.equal(omitted.get('spanTagsMax'), 1000 * (tags - spanTagsMax))
  t.equal(omitted.get('requestTagsMax'), 1000 * spanTagsMax - requestTagsMax)
})

t.test('TagAllowance leaves ordinary spans alone, and counts what it takes away', async (t) => {
  const allowance = new TagAllowance({ spanTagsMax: 3, requestTagsMax: 5 })
  t.equal(allowance.take(3), 3)
  t.same([...allowance.omitted()], [])
  t.equal(allowance.take(4), 2)
  t.equal(allowance.take(1), 0)
  t.same(
    [...allowance.omitted()],
    [
      ['spanTagsMax', 1],
      ['requestTagsMax', 2],
    ],
  )
  t.same([...allowance.omitted()], [], 'each is told once')
})

t.test('find() misses no span of which the index lacks tags', needs, async (t) => {
  const { address, session, keyspace } = await testCluster(t)
  const counted: unknown[] = []
  const store = await openTestStore(`${address}?layout=jaeger&migrate=auto`, {
    tagLimits: { spanTagsMax: 10, requestTagsMax: 45 },
    requestBytesMax: 16 * 1024 * 1024,
    metrics: { add: (...given: unknown[]) => counted.push(given), record: () => {} },
  })
  t.teardown(() => store.close())
  const many = Object.fromEntries(Array.from(Array(30).keys(), (key) => [`k${key}`, 'v']))
  const stored = 20
  await store.write('', batchWith(stored, many), patience)
  const few = sampleSpan({ trace: 100, id: 1, attributes: { parity: '0', few: 'yes' } })
  await store.write('', sampleBatch([sampleGroup([few])], Date.now()), patience)

  const rows = await session.raw('', `SELECT tag_key FROM ${keyspace}.tag_index`)
  const keys = rows.map((row): string => row['tag_key'])
  const markers = keys.filter((key) => key === 'spangate.tags_not_indexed')
  t.equal(markers.length, stored, 'each span with over 10 tags is marked, and no other')
  t.equal(keys.length - markers.length, 45 + 3)
  t.same(
    counted.filter((given) => Array.isArray(given) && /over_limit/.test(String(given[0]))),
    [
      [
        'spangate_store_tags_over_limit_total',
        stored * 23,
        { setting: 'store.cassandra.jaeger.max-span-tags' },
      ],
      [
        'spangate_store_tags_over_limit_total',
        stored * 10 - 45,
        { setting: 'store.cassandra.jaeger.max-request-tags' },
      ],
    ],
  )

  const tag = (key: string, value: string) => call('eq', attr('', key), string(value))
  const find = (...conditions: readonly Term[]) =>
    findTraces(store, { filter: call('and', ofService('shop'), ...conditions) })
  const ids = Array.from(Array(stored).keys(), (at) => at + 1)
  const newestFirst = (some: readonly number[]) => [...some].reverse()
  const odd = ids.filter((id) => id % 2 === 0)
  const even = ids.filter((id) => id % 2 === 1)
  t.same(await find(tag('k29', 'v')), newestFirst(ids), 'a tag of the process')
  t.same(await find(tag('k29', 'w')), [])
  t.same(await find(tag('own', `own ${stored - 1}`)), [stored], 'the last span has no tag indexed')
  t.same(await find(tag('parity', '1'), tag('k3', 'v')), newestFirst(odd), 'two tags')
  t.same(await find(tag('parity', '0')), [...newestFirst(even), 100], 'marked spans and others')
  t.same(await find(tag('few', 'yes')), [100])
  const named = call('eq', field('span', 'name'), string('n1'))
  t.same(await find(named, tag('k5', 'v')), newestFirst(odd), 'the name beside a tag')
  const either = call('or', tag('few', 'yes'), tag('own', 'own 7'))
  t.same(await find(either), [8, 100])
  t.same(await findTraces(store, { filter: tag('k7', 'v') }), newestFirst(ids), 'of any service')
  t.same(await find(tag('spangate.tags_not_indexed', 'true')), [], 'the marker is no tag')

  // A request of 200 KB, whose rows have a MB each.
  await t.rejects(store.write('', batchWith(100, large), patience), {
    code: 'too_large',
    retryable: false,
    message: /would have \d+ bytes, at most 16777216 \(store\.cassandra\.max-request-size\)/,
  })
  t.equal((await findTraces(store, {})).length, stored + 1, 'nothing of it is stored')
})
