import { decodeBatches } from '../../../../bridge/jaeger-proto/decode-request.ts'
import { ReferenceType, TagName, ValueType } from '../../../../bridge/jaeger-proto/tag-names.ts'
import type { Rejected } from '../../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { WireWriter } from '../../../../bridge/wire/writer.ts'
import { noArrivalUnixMs, noLimits } from '../../no-arrival.ts'
import type { KeyValueRow, LogRow, ProcessRow, ReferenceRow, SpanRow } from './rows.ts'
import { childOf, idOfNumber, warningPrefix } from './rows.ts'

/** Spans of rows. */
export interface RowSpans {
  readonly batch: SpanBatch
  /** Rows that are no spans. */
  readonly rejected: readonly Rejected[]
}

/**
 * Rows of `traces` -> the model: written as jaeger.api_v2 spans, then read as every Jaeger request is, so
 * that tags mean the same. It takes what Jaeger 1.x and 2.x have written: warnings are tags that
 * begin with `$$span.warning.`, or a list in `@jaeger@warnings`; the parent is in `parent_id` or
 * among the references, of which a trace that is not `parent_id` follows. The limits of requests do not
 * hold here: what was stored is longer than what was asked for, as its process stands in each span.
 *
 * Source: jaeger v1.60.0, plugin/storage/cassandra/spanstore/dbmodel/converter.go; v2.20.0,
 * internal/storage/v2/cassandra/tracestore/from_dbmodel.go.
 */
export function batchOfRows(rows: readonly SpanRow[]): RowSpans {
  const writer = new WireWriter(rows.length * 512)
  const processes = new Map<ProcessRow, Uint8Array>()
  writer.message(1, () => {
    for (const row of rows) writer.message(1, () => writeSpan(writer, row, processes))
  })
  return decodeBatches(writer.finish(), { arrivalUnixMs: noArrivalUnixMs, limits: noLimits })
}

function writeSpan(writer: WireWriter, row: SpanRow, processes: Map<ProcessRow, Uint8Array>): void {
  writer.bytesAlways(1, row.traceId)
  writer.bytesAlways(2, idOfNumber(row.spanId))
  writer.string(3, row.operationName)
  const warnings: string[] = []
  for (const reference of referencesOfRow(row)) {
    const length = reference.trace_id?.length ?? 0
    if (idLengths.has(length)) writeReference(writer, reference)
    else warnings.push(`Reference left out: its trace id has ${length} bytes, must be 8 or 16`)
  }
  writer.uint32(5, row.flags >>> 0)
  writeMicros(writer, 6, row.startMicros)
  writeMicros(writer, 7, row.durationMicros)
  for (const tag of row.tags) {
    const texts = warningsOf(tag)
    if (texts === undefined) writeTag(writer, 8, tag)
    else warnings.push(...texts)
  }
  for (const log of row.logs) writeLog(writer, log)
  writer.bytesAlways(10, processBody(row.process, processes))
  for (const text of warnings) writer.stringAlways(12, text)
}

/** The references, with one more where the parent would not be read from them. */
function referencesOfRow({ traceId, parentId, refs }: SpanRow): readonly ReferenceRow[] {
  if (parentId === 0n) return refs
  const own = refs.filter(({ trace_id }) => trace_id !== null && traceId.equals(trace_id))
  const read = own.find(({ ref_type }) => ref_type === childOf) ?? own[0]
  if (read?.span_id === parentId) return refs
  return [{ ref_type: childOf, trace_id: traceId, span_id: parentId }, ...refs]
}

function writeReference(writer: WireWriter, { ref_type, trace_id, span_id }: ReferenceRow): void {
  writer.message(4, () => {
    writer.bytesAlways(1, trace_id?.length ? trace_id : zeroTraceId)
    writer.bytesAlways(2, idOfNumber(span_id ?? 0n))
    writer.int32(3, ref_type === childOf ? ReferenceType.childOf : ReferenceType.followsFrom)
  })
}

function writeLog(writer: WireWriter, { ts, fields }: LogRow): void {
  writer.message(9, () => {
    writeMicros(writer, 1, ts ?? 0n)
    for (const tag of fields ?? []) writeTag(writer, 2, tag)
  })
}

/** Rows of one request share the object of their process; those of a page each have their own. */
function processBody(process: ProcessRow, known: Map<ProcessRow, Uint8Array>): Uint8Array {
  const before = known.get(process)
  if (before !== undefined) return before
  const writer = new WireWriter(256)
  writer.string(1, process.service_name ?? '')
  for (const tag of process.tags ?? []) writeTag(writer, 2, tag)
  const body = writer.finish()
  known.set(process, body)
  return body
}

function writeTag(writer: WireWriter, field: number, tag: KeyValueRow): void {
  writer.message(field, () => {
    writer.string(1, tag.key ?? '')
    switch (tag.value_type) {
      case 'string':
        writer.string(3, tag.value_string ?? '')
        return
      case 'bool':
        writer.uint32(2, ValueType.bool)
        writer.boolAlways(4, tag.value_bool ?? false)
        return
      case 'int64':
        writer.uint32(2, ValueType.int64)
        writer.int64Always(5, tag.value_long ?? 0n)
        return
      case 'float64':
        writer.uint32(2, ValueType.float64)
        writer.doubleAlways(6, tag.value_double ?? 0)
        return
      case 'binary':
        writer.uint32(2, ValueType.binary)
        writer.bytes(7, tag.value_binary ?? undefined)
        return
      default:
        // As Jaeger 2.x shows it.
        writer.string(3, `<Unknown Jaeger TagType "${tag.value_type ?? ''}">`)
    }
  })
}

/** The warnings that a tag holds; undefined for every other tag. */
function warningsOf({ key, value_type, value_string }: KeyValueRow): readonly string[] | undefined {
  if (key === null || value_type !== 'string') return undefined
  if (key.startsWith(warningPrefix)) return [value_string ?? '']
  return key === TagName.warnings ? textsOfJson(value_string ?? '') : undefined
}

/** A JSON list of strings, and of nothing else. */
function textsOfJson(json: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(json)
    return Array.isArray(list) && list.every((text) => typeof text === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

/** Timestamp or Duration. */
function writeMicros(writer: WireWriter, field: number, micros: bigint): void {
  const rest = ((micros % microsPerSecond) + microsPerSecond) % microsPerSecond
  writer.message(field, () => {
    writer.int64(1, (micros - rest) / microsPerSecond)
    writer.int32(2, Number(rest) * 1000)
  })
}

const microsPerSecond = 1_000_000n
const zeroTraceId = new Uint8Array(16)
/** Of trace ids that a reference may have; one without any refers to no trace. */
const idLengths: ReadonlySet<number> = new Set([0, 8, 16])
