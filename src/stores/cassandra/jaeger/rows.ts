/**
 * Rows of Jaeger's tables, as the driver gives and takes them: names are those of columns and of
 * fields of user-defined types.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/schema/v004.cql.tmpl.
 */

/** The types of a `keyvalue`, by `value_type`. */
export const valueTypes = ['string', 'bool', 'int64', 'float64', 'binary'] as const

/** A `keyvalue`: a tag, or a field of a log. Only the value that its type names counts. */
export interface KeyValueRow {
  readonly key: string | null
  /** One of `valueTypes`, unless a writer went wrong. */
  readonly value_type: string | null
  readonly value_string?: string | null
  readonly value_bool?: boolean | null
  readonly value_long?: bigint | null
  readonly value_double?: number | null
  readonly value_binary?: Buffer | null
}

/** A `log`. */
export interface LogRow {
  /** µs since the epoch. */
  readonly ts: bigint | null
  readonly fields: readonly KeyValueRow[] | null
}

/** How a `span_ref` says CHILD_OF. */
export const childOf = 'child-of'
/** How a `span_ref` says FOLLOWS_FROM. */
export const followsFrom = 'follows-from'

/** A `span_ref`. */
export interface ReferenceRow {
  readonly ref_type: string | null
  /** 16 bytes. */
  readonly trace_id: Buffer | null
  /** The 64 bits of the id. */
  readonly span_id: bigint | null
}

/** A `process`. */
export interface ProcessRow {
  readonly service_name: string | null
  readonly tags: readonly KeyValueRow[] | null
}

/** A row of `traces`. Ids of spans are their 64 bits as a signed number. */
export interface SpanRow {
  /** 16 bytes. */
  readonly traceId: Buffer
  readonly spanId: bigint
  /** Tells spans apart that share an id. */
  readonly spanHash: bigint
  /** 0: none. Jaeger 1.x leaves it 0 and has the parent among the references alone. */
  readonly parentId: bigint
  readonly operationName: string
  readonly flags: number
  /** µs since the epoch. */
  readonly startMicros: bigint
  readonly durationMicros: bigint
  readonly tags: readonly KeyValueRow[]
  readonly logs: readonly LogRow[]
  readonly refs: readonly ReferenceRow[]
  readonly process: ProcessRow
}

/** Begins the key of a tag that is a warning; a number from 1 on follows. */
export const warningPrefix = '$$span.warning.'

/** The 8 bytes of an id as the signed number that Jaeger keeps. */
export function numberOfId(id: Uint8Array): bigint {
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getBigInt64(0)
}

/** The reverse of `numberOfId`. */
export function idOfNumber(number: bigint): Uint8Array {
  const id = new Uint8Array(8)
  new DataView(id.buffer).setBigInt64(0, number)
  return id
}
