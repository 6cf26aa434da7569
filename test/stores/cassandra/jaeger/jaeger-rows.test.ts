import t from 'tap'
import type { SpanGroup } from '../../../../bridge/model/span.ts'
import { spanOf } from '../../../../bridge/otlp/batch-objects.ts'
import {
  bucketOf,
  hourOf,
  requestRowsOf,
} from '../../../../src/stores/cassandra/jaeger/index-statements.ts'
import { NameCache } from '../../../../src/stores/cassandra/jaeger/name-cache.ts'
import { batchOfRows } from '../../../../src/stores/cassandra/jaeger/read-rows.ts'
import type { SpanRow } from '../../../../src/stores/cassandra/jaeger/rows.ts'
import {
  TagAllowance,
  tagLimitDefaults,
} from '../../../../src/stores/cassandra/jaeger/tag-limits.ts'
import { rowsOf } from '../../../../src/stores/cassandra/jaeger/write-rows.ts'
import type { SampleSpan } from '../../../conformance/sample.ts'
import {
  attributesOf,
  sampleBatch,
  sampleGroup,
  sampleSpan,
  spanIdOf,
  traceIdOf,
} from '../../../conformance/sample.ts'

const none = { droppedAttributesCount: 0 }

function rowsOfGroups(...groups: readonly SpanGroup[]): SpanRow[] {
  return [...rowsOf(sampleBatch(groups, Date.now()))]
}

function rowOf(span: Partial<SampleSpan>, group: Parameters<typeof sampleGroup>[1] = {}): SpanRow {
  const [row] = rowsOfGroups(sampleGroup([sampleSpan({ trace: 1, id: 7, ...span })], group))
  if (row === undefined) throw new Error('There is no row')
  return row
}

t.test('rowsOf() writes a span as Jaeger does', async (t) => {
  const row = rowOf(
    {
      parent: 5,
      kind: 2,
      name: 'get',
      flags: 1,
      startUnixNano: 1_600_000_000_123_456_999n,
      durationNano: 2_999n,
      status: { code: 2, message: 'no' },
      traceState: 'a=b',
      attributes: { text: 'x', yes: true, int: -5n, double: 0.5, bytes: new Uint8Array([1, 255]) },
      events: [
        { name: 'e', timeUnixNano: 1_999n, attributes: attributesOf({ list: ['a', 1n] }), ...none },
      ],
      links: [
        {
          traceId: traceIdOf(9, 3),
          spanId: spanIdOf(8),
          traceState: '',
          attributes: [],
          flags: 0,
          ...none,
        },
      ],
    },
    { service: 'shop', resource: { host: 'h' }, scope: { name: 'lib', version: '2' } },
  )
  const { spanHash, ...rest } = row
  t.type(spanHash, 'bigint')
  t.strictSame(rest, {
    traceId: Buffer.from(traceIdOf(1)),
    spanId: 7n,
    parentId: 5n,
    operationName: 'get',
    flags: 1,
    startMicros: 1_600_000_000_123_456n,
    durationMicros: 2n,
    tags: [
      { key: 'otel.scope.name', value_type: 'string', value_string: 'lib' },
      { key: 'otel.scope.version', value_type: 'string', value_string: '2' },
      { key: 'text', value_type: 'string', value_string: 'x' },
      { key: 'yes', value_type: 'bool', value_bool: true },
      { key: 'int', value_type: 'int64', value_long: -5n },
      { key: 'double', value_type: 'float64', value_double: 0.5 },
      { key: 'bytes', value_type: 'binary', value_binary: Buffer.from([1, 255]) },
      { key: 'span.kind', value_type: 'string', value_string: 'server' },
      { key: 'otel.status_code', value_type: 'string', value_string: 'ERROR' },
      { key: 'error', value_type: 'bool', value_bool: true },
      { key: 'otel.status_description', value_type: 'string', value_string: 'no' },
      { key: 'w3c.tracestate', value_type: 'string', value_string: 'a=b' },
    ],
    logs: [
      {
        ts: 1n,
        fields: [
          { key: 'event', value_type: 'string', value_string: 'e' },
          { key: 'list', value_type: 'string', value_string: '["a",1]' },
        ],
      },
    ],
    refs: [
      { ref_type: 'child-of', trace_id: Buffer.from(traceIdOf(1)), span_id: 5n },
      { ref_type: 'follows-from', trace_id: Buffer.from(traceIdOf(9, 3)), span_id: 8n },
    ],
    process: {
      service_name: 'shop',
      tags: [{ key: 'host', value_type: 'string', value_string: 'h' }],
    },
  })
})

t.test('rowsOf() keeps all 64 bits of an id, and hashes the same bytes the same', async (t) => {
  const spanId = new Uint8Array(8).fill(0xff)
  const span = { ...sampleSpan({ trace: 1, id: 1 }), spanId }
  const [first, second] = rowsOfGroups(sampleGroup([span]), sampleGroup([span]))
  t.equal(first?.spanId, -1n)
  t.equal(first?.spanHash, second?.spanHash)
  const [twin] = rowsOfGroups(sampleGroup([{ ...span, kind: 3 }]))
  t.not(twin?.spanHash, first?.spanHash)
})

t.test('warnings go into tags and come back', async (t) => {
  const row = rowOf({ attributes: { '@jaeger@warnings': ['one', 'two'] } })
  t.same(row.tags.slice(-2), [
    { key: '$$span.warning.1', value_type: 'string', value_string: 'one' },
    { key: '$$span.warning.2', value_type: 'string', value_string: 'two' },
  ])
  const { batch } = batchOfRows([row])
  t.same(spanOf(batch, 0).attributes, attributesOf({ '@jaeger@warnings': ['one', 'two'] }))
})

t.test('requestRowsOf() indexes the tags that Jaeger does, each once', async (t) => {
  const row = rowOf(
    {
      kind: 0,
      attributes: {
        same: 'x',
        yes: true,
        int: 500n,
        third: 1 / 3,
        large: 1e21,
        bytes: new Uint8Array([1]),
        object: '{"a": 1}',
        brace: '{no json',
        list: ['a'],
        long: 'x'.repeat(256),
        short: 'x'.repeat(255),
        wide: 'ä'.repeat(128),
        [`k${'x'.repeat(255)}`]: 'v',
        empty: '',
      },
      events: [
        {
          name: 'e',
          timeUnixNano: 1n,
          attributes: attributesOf({ same: 'x', field: 'f' }),
          ...none,
        },
      ],
    },
    { resource: { host: 'h', same: 'x' } },
  )
  const { batches, tagsSkipped } = requestRowsOf([row], new TagAllowance(tagLimitDefaults))
  const tags = batches.filter(({ statement }) => statement.name === 'jaeger_insert_tag_index')
  t.same(
    tags
      .flatMap(({ rows: values }) => values)
      .map(([, key, value]) => `${key}=${value}`)
      .sort(),
    [
      `short=${'x'.repeat(255)}`,
      'brace={no json',
      'empty=',
      'event=e',
      'field=f',
      'host=h',
      'int=500',
      'large=1e+21',
      'list=["a"]',
      'same=x',
      'third=0.3333333333',
      'yes=true',
    ].sort(),
  )
  t.equal(tagsSkipped, 4)
})

t.test('batchOfRows() reads what is longer than a request may bring', async (t) => {
  const long = 'x'.repeat(4 * 1024 * 1024 - 1000)
  const row = rowOf({ attributes: { long } }, { resource: { large: 'y'.repeat(255 * 1024) } })
  const more = { key: 'more', value_type: 'string', value_string: 'z'.repeat(2000) }
  const process = { ...row.process, tags: [...(row.process.tags ?? []), more] }
  const { batch, rejected } = batchOfRows([{ ...row, process }])
  t.same(rejected, [])
  t.equal(spanOf(batch, 0).attributes[0]?.value?.kind, 'string')
})

t.test('hourOf() rounds to the nearest hour, half past up; bucketOf() takes 64 bits', async (t) => {
  const hour = 3_600_000_000n
  const half = hour / 2n
  t.equal(hourOf(10n * hour + half - 1n).getTime(), 10 * 3_600_000)
  t.equal(hourOf(10n * hour + half).getTime(), 11 * 3_600_000)
  t.equal(hourOf(0n).getTime(), 0)
  t.equal(bucketOf(-1n), Number((2n ** 64n - 1n) % 10n))
  t.equal(bucketOf(13n), 3)
})

t.test('requestRowsOf() groups rows by partition and drops repeats', async (t) => {
  const span = (trace: number, id: number) => sampleSpan({ trace, id, attributes: { a: '1' } })
  const rows = rowsOfGroups(sampleGroup([span(1, 1), span(1, 2), span(2, 1), span(1, 1)]))
  const { batches } = requestRowsOf(rows, new TagAllowance(tagLimitDefaults))
  const counts = new Map<string, number[]>()
  for (const { statement, rows: values } of batches) {
    counts.set(statement.name, [...(counts.get(statement.name) ?? []), values.length])
  }
  t.same(counts.get('jaeger_insert_trace'), [2, 1])
  // All start at once, so that the index has room for one row.
  t.same(counts.get('jaeger_insert_service_operation_index'), [1])
  t.same(
    counts.get('jaeger_insert_duration_index'),
    [2, 2],
    'two traces, of any name and of theirs',
  )
  t.same(counts.get('jaeger_insert_tag_index'), [3, 3], 'the tag and the kind')
})

t.test('NameCache forgets in good time before the rows expire', async (t) => {
  let nowMs = 0
  const cache = new NameCache(3600, () => nowMs, 2)
  cache.add('a')
  nowMs = 899_999
  t.ok(cache.has('a'))
  nowMs = 900_000
  t.notOk(cache.has('a'))
  cache.add('a')
  cache.add('b')
  cache.add('c')
  t.same(
    ['a', 'b', 'c'].map((name) => cache.has(name)),
    [false, false, true],
  )
  const forever = new NameCache(0, () => nowMs)
  forever.add('a')
  nowMs += 12 * 3_600_000 - 1
  t.ok(forever.has('a'))
  nowMs += 1
  t.notOk(forever.has('a'))
})
