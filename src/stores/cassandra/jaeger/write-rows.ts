import { processPartsOf } from '../../../../bridge/jaeger-proto/encode-process.ts'
import { referencesOf } from '../../../../bridge/jaeger-proto/encode-references.ts'
import {
  jaegerDurationNano,
  jaegerPartsOf,
  logFieldsOf,
} from '../../../../bridge/jaeger-proto/jaeger-parts.ts'
import { ReferenceType } from '../../../../bridge/jaeger-proto/tag-names.ts'
import { jsonText } from '../../../../bridge/model/json-text.ts'
import type { KeyValue, Scope, SpanEvent } from '../../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { groupCount, SpanField, spanCount, spanField } from '../../../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../../../bridge/model/span-identity.ts'
import { resourceOf, scopeOf, spanOf } from '../../../../bridge/otlp/batch-objects.ts'
import { weightOfProcess } from './row-slices.ts'
import type { KeyValueRow, LogRow, ProcessRow, SpanRow } from './rows.ts'
import { childOf, followsFrom, numberOfId, warningPrefix } from './rows.ts'

/** What the spans of one group share. */
interface Group {
  readonly scope: Scope | undefined
  readonly process: ProcessRow
}

/**
 * The spans of a batch as rows of `traces`, in its order; those of one group share the object of their
 * process. What Jaeger's spans have no place for is left out as bridge/jaeger-proto does it; times and
 * durations are cut to whole microseconds.
 *
 * `span_hash` is the identity of the span (docs/adr/0003): the same bytes are one row, whoever sends
 * them how often. Warnings are tags as Jaeger 1.x has them. The parent is both in `parent_id`, where
 * Jaeger 2.x looks, and among the references, where Jaeger 1.x does.
 */
export function* rowsOf(
  batch: SpanBatch,
  processes = processesOf(batch),
): Generator<SpanRow, void, undefined> {
  const groups = processes.map((process, group): Group => {
    return { scope: scopeOf(batch, group), process }
  })
  for (let at = 0; at < spanCount(batch); at++) {
    const group = groups[spanField(batch, at, SpanField.group)]
    if (group !== undefined) yield rowOf(batch, at, group)
  }
}

/** The processes of a batch's groups. */
export function processesOf(batch: SpanBatch): readonly ProcessRow[] {
  return Array.from({ length: groupCount(batch) }, (_, group) => {
    const { serviceName, tags } = processPartsOf(resourceOf(batch, group))
    return { service_name: serviceName, tags: tags.map(tagOf) }
  })
}

/** Bytes of a batch's rows of `traces`, about: each has its process. */
export function rowBytesOf(batch: SpanBatch, processes: readonly ProcessRow[]): number {
  const ofProcess = processes.map((process) => weightOfProcess(process).bytes)
  let bytes = 0
  for (let at = 0; at < spanCount(batch); at++) {
    bytes += ofProcess[spanField(batch, at, SpanField.group)] ?? 0
    bytes += spanField(batch, at, SpanField.length)
  }
  return bytes
}

function rowOf(batch: SpanBatch, at: number, { scope, process }: Group): SpanRow {
  const span = spanOf(batch, at)
  const { flags, warnings, tags } = jaegerPartsOf(span, scope)
  const { references, warnings: left } = referencesOf(span)
  const refs = references.map(({ traceId, spanId, type }) => ({
    ref_type: type === ReferenceType.childOf ? childOf : followsFrom,
    trace_id: bufferOf(traceId),
    span_id: numberOfId(spanId),
  }))
  const texts = [...warnings, ...left].map((text, number) => ({
    key: `${warningPrefix}${number + 1}`,
    value_type: 'string',
    value_string: text,
  }))
  return {
    traceId: bufferOf(span.traceId),
    spanId: numberOfId(span.spanId),
    spanHash: BigInt.asIntN(64, spanIdentity(batch, at)),
    parentId: span.parentSpanId === undefined ? 0n : numberOfId(span.parentSpanId),
    operationName: span.name,
    flags: flags | 0,
    startMicros: span.startUnixNano / nanoPerMicro,
    durationMicros: jaegerDurationNano(span) / nanoPerMicro,
    tags: [...tags.map(tagOf), ...texts],
    logs: span.events.map(logOf),
    refs,
    process,
  }
}

function logOf(event: SpanEvent): LogRow {
  return { ts: event.timeUnixNano / nanoPerMicro, fields: logFieldsOf(event).map(tagOf) }
}

function tagOf({ key, value }: KeyValue): KeyValueRow {
  switch (value?.kind) {
    case 'string':
      return { key, value_type: 'string', value_string: value.value }
    case 'bool':
      return { key, value_type: 'bool', value_bool: value.value }
    case 'int':
      return { key, value_type: 'int64', value_long: value.value }
    case 'double':
      return { key, value_type: 'float64', value_double: value.value }
    case 'bytes':
      return { key, value_type: 'binary', value_binary: bufferOf(value.value) }
    case 'array':
    case 'kvlist':
      return { key, value_type: 'string', value_string: jsonText(value) }
    default:
      return { key, value_type: 'string', value_string: '' }
  }
}

/** A copy: the memory of a batch belongs to its caller again once it is stored. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes)
}

const nanoPerMicro = 1000n
