import t from 'tap'
import { patience } from '../../../conformance/answer.ts'
import { attributesOf, sampleBatch, sampleGroup, sampleSpan } from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'

t.setTimeout(600_000)

// Half past an hour, to the microsecond: the bucket of durations is the next hour.
const startMicros = 1_700_001_000_000_000 + 1_800_000_000 - (1_700_001_000_000_000 % 3_600_000_000)

t.test('write() makes the rows that Jaeger would', needsCassandra(), async (t) => {
  const { address, session, keyspace } = await testCluster(t)
  const store = await openTestStore(`${address}?layout=jaeger&migrate=auto`)
  t.teardown(() => store.close())
  const read = (table: string, columns: string) =>
    session
      .raw('', `SELECT ${columns} FROM ${keyspace}.${table}`)
      .then((rows) => rows.map((row) => columns.split(', ').map((name) => row[name])))
  const event = {
    name: 'e',
    timeUnixNano: BigInt(startMicros + 1) * 1000n + 999n,
    attributes: attributesOf({ field: 0.5, color: 'red' }),
    droppedAttributesCount: 0,
  }
  const span = sampleSpan({
    trace: 5,
    id: 6,
    parent: 7,
    kind: 2,
    name: 'get',
    startUnixNano: BigInt(startMicros) * 1000n + 999n,
    durationNano: 2_001_999n,
    attributes: {
      color: 'red',
      ok: true,
      size: 5n,
      long: 'x'.repeat(256),
      bytes: new Uint8Array(3),
    },
    events: [event],
  })
  const batch = sampleBatch([sampleGroup([span], { resource: { host: 'h' } })], Date.now())
  // A request that is sent again, and one that holds a span twice, make no row more.
  await store.write('', batch, patience)
  await store.write('', batch, patience)

  const trace = Buffer.alloc(16)
  trace[15] = 5
  const start = BigInt(startMicros)
  const rows = await read(
    'traces',
    'trace_id, span_id, span_hash, parent_id, operation_name, flags, start_time, duration, refs',
  )
  t.equal(rows.length, 1)
  const [row = []] = rows
  const hash: bigint = row[2]
  t.same(row, [
    trace,
    6n,
    hash,
    7n,
    'get',
    0,
    start,
    2001n,
    [{ ref_type: 'child-of', trace_id: trace, span_id: 7n }],
  ])
  const bucket = Number(BigInt.asUintN(64, hash) % 10n)
  t.same(await read('service_name_index', 'service_name, bucket, start_time, trace_id'), [
    ['shop', bucket, start, trace],
  ])
  t.same(
    await read('service_operation_index', 'service_name, operation_name, start_time, trace_id'),
    [['shop', 'get', start, trace]],
  )
  const hour = new Date(startMicros / 1000 + 1_800_000)
  const durations = await read(
    'duration_index',
    'service_name, operation_name, bucket, duration, start_time, trace_id',
  )
  t.same(
    durations.sort((left, right) => String(left[1]).length - String(right[1]).length),
    ['', 'get'].map((operation) => ['shop', operation, hour, 2001n, start, trace]),
  )
  const tags = await read(
    'tag_index',
    'service_name, tag_key, tag_value, start_time, trace_id, span_id',
  )
  t.same(
    tags
      .map(([service, key, value, ...rest]) => {
        t.same([service, ...rest], ['shop', start, trace, 6n])
        return `${key}=${value}`
      })
      .sort(),
    ['color=red', 'event=e', 'field=0.5', 'host=h', 'ok=true', 'size=5', 'span.kind=server'],
  )
  t.same(await read('service_names', 'service_name'), [['shop']])
  t.same(await read('operation_names_v2', 'service_name, span_kind, operation_name'), [
    ['shop', 'server', 'get'],
  ])
  const [ttl] = await session.raw('', `SELECT TTL(duration) AS trace FROM ${keyspace}.traces`)
  t.ok(ttl?.['trace'] > 172_000 && ttl?.['trace'] <= 172_800, 'the table says how long a row lives')
})
