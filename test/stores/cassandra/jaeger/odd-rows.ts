import { traceIdOf } from '../../../conformance/sample.ts'
import type { TestCluster } from '../test-cluster.ts'

/**
 * Writes the rows of one trace by hand, as Jaeger does: four spans of two services with every type of
 * value and every oddity that Jaeger lets through.
 *
 * - `first`, of Jaeger 1.x: no parent_id, all types of tags, a binary one, one of 300 bytes, a JSON
 *   object, a type that nobody knows, one without a value, warnings, a log, a FOLLOWS_FROM into
 *   another trace
 * - `second` twice, of client and server, with one id of all 64 bits
 * - `legacy parent`, whose parent is in parent_id alone
 */
export async function writeOddRows(
  { session, keyspace }: TestCluster,
  startMicros: number,
): Promise<void> {
  const insert = (table: string, columns: Readonly<Record<string, string>>) =>
    session.raw(
      'Cannot prepare',
      `INSERT INTO ${keyspace}.${table} (${Object.keys(columns).join(', ')}) VALUES (${Object.values(columns).join(', ')})`,
    )
  const trace = blobOf(traceIdOf(1))
  const hour = Math.floor((startMicros + 1_800_000_000) / 3_600_000_000) * 3_600_000
  const index = async (span: Indexed): Promise<void> => {
    const { service, operation, id, start, duration, bucket, tags } = span
    const common = { service_name: `'${service}'`, trace_id: trace, start_time: String(start) }
    await insert('service_name_index', { ...common, bucket: String(bucket) })
    await insert('service_operation_index', { ...common, operation_name: `'${operation}'` })
    for (const name of ['', operation]) {
      await insert('duration_index', {
        ...common,
        operation_name: `'${name}'`,
        bucket: String(hour),
        duration: String(duration),
      })
    }
    for (const [key, value] of Object.entries(tags)) {
      const tag = { tag_key: `'${key}'`, tag_value: `'${value}'`, span_id: id }
      await insert('tag_index', { ...common, ...tag })
    }
    await insert('service_names', { service_name: `'${service}'` })
    await insert('operation_names_v2', {
      service_name: `'${service}'`,
      span_kind: `'${tags['span.kind'] ?? ''}'`,
      operation_name: `'${operation}'`,
    })
  }
  await insert('traces', {
    trace_id: trace,
    span_id: '1',
    span_hash: '13',
    parent_id: '0',
    operation_name: "'first'",
    flags: '3',
    start_time: String(startMicros),
    duration: '1500',
    tags: `[
      {key: 'span.kind', value_type: 'string', value_string: 'server', value_bool: false, value_long: 0, value_double: 0},
      {key: 'text', value_type: 'string', value_string: 'x'},
      {key: 'yes', value_type: 'bool', value_bool: true},
      {key: 'int', value_type: 'int64', value_long: -9223372036854775808},
      {key: 'double', value_type: 'float64', value_double: 0.1},
      {key: 'bytes', value_type: 'binary', value_binary: 0x00ff},
      {key: 'long', value_type: 'string', value_string: '${'y'.repeat(300)}'},
      {key: 'json', value_type: 'string', value_string: '{"a":[1]}'},
      {key: 'odd', value_type: 'decimal', value_string: '1'},
      {key: 'nothing', value_type: 'string'},
      {key: '$$span.warning.1', value_type: 'string', value_string: 'slow'},
      {key: '$$span.warning.2', value_type: 'string', value_string: 'odd'}]`,
    logs: `[{ts: ${startMicros + 7}, fields: [
      {key: 'event', value_type: 'string', value_string: 'retry'},
      {key: 'times', value_type: 'int64', value_long: 3}]}]`,
    refs: `[{ref_type: 'follows-from', trace_id: ${blobOf(traceIdOf(77, 5))}, span_id: -2}]`,
    process: `{service_name: 'front', tags: [{key: 'hostname', value_type: 'string', value_string: 'h1'}]}`,
  })
  await index({
    service: 'front',
    operation: 'first',
    id: '1',
    start: startMicros,
    duration: 1500,
    bucket: 3,
    tags: { 'span.kind': 'server', text: 'x', yes: 'true', double: '0.1', hostname: 'h1' },
  })
  const shared = {
    trace_id: trace,
    span_id: '-1152921504606846975',
    parent_id: '0',
    operation_name: "'second'",
    flags: '1',
    start_time: String(startMicros + 10),
    duration: '1000',
    refs: `[{ref_type: 'child-of', trace_id: ${trace}, span_id: 1}]`,
  }
  for (const [hash, service, kind] of [
    ['1', 'front', 'client'],
    ['2', 'back', 'server'],
  ] as const) {
    await insert('traces', {
      ...shared,
      span_hash: hash,
      tags: `[{key: 'span.kind', value_type: 'string', value_string: '${kind}'}]`,
      process: `{service_name: '${service}', tags: []}`,
    })
    await index({
      service,
      operation: 'second',
      id: shared.span_id,
      start: startMicros + 10,
      duration: 1000,
      bucket: Number(hash),
      tags: { 'span.kind': kind },
    })
  }
  // Before kinds were kept, a name had none.
  await insert('operation_names_v2', {
    service_name: "'front'",
    span_kind: "''",
    operation_name: "'second'",
  })
  await insert('traces', {
    trace_id: trace,
    span_id: '2',
    span_hash: '5',
    parent_id: shared.span_id,
    operation_name: "'legacy parent'",
    flags: '1',
    start_time: String(startMicros + 20),
    duration: '0',
    process: "{service_name: 'back'}",
  })
  const day = Math.floor(startMicros / 86_400_000_000) * 86_400_000
  await insert('dependencies_v2', {
    ts_bucket: String(day),
    ts: String(startMicros / 1000),
    dependencies: `[{parent: 'front', child: 'back', call_count: 3, source: 'jaeger'}, {parent: 'front', child: 'back', call_count: 4, source: 'jaeger'}]`,
  })
}

interface Indexed {
  readonly service: string
  readonly operation: string
  readonly id: string
  readonly start: number
  readonly duration: number
  readonly bucket: number
  readonly tags: Readonly<Record<string, string>>
}

function blobOf(id: Uint8Array): string {
  return `0x${Buffer.from(id).toString('hex')}`
}
