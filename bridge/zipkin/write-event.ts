import { writeKeyValues } from '../otlp/encode-value.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { fieldLength } from '../otlp/span-output.ts'
import { WireWriter } from '../wire/writer.ts'
import { findDetails } from './details-text.ts'

/** An annotation: its time, ns in two halves, and its text. */
export interface Annotation {
  readonly low: number
  readonly high: number
  readonly from: Uint8Array
  readonly start: number
  readonly length: number
}

/**
 * An annotation as an event. Its text is the name, or, as OpenTelemetry's exporters write an event
 * with attributes, `name|{attributes}|dropped`; what only looks like that is a name too. The name may have
 * bars of its own.
 *
 *   1 time_unix_nano, 2 name, 3 attributes, 4 dropped_attributes_count
 *
 * Source: opentelemetry-collector-contrib v0.155.0, zipkinv2/to_translator.go, populateSpanEvents.
 */
export function writeEvent(out: SpanOutput, annotation: Annotation): void {
  const { low, high, from, start, length } = annotation
  const details = detailsOf(annotation)
  const nameLength = details?.nameLength ?? length
  const timeLength = low === 0 && high === 0 ? 0 : 9
  const named = nameLength === 0 ? 0 : fieldLength(nameLength)
  out.head(0x5a, timeLength + named + (details?.fields.length ?? 0))
  out.fixed64(0x09, low, high)
  if (nameLength > 0) out.slice(0x12, from, start, nameLength)
  if (details !== undefined) out.raw(details.fields)
}

/** Fields 3 and 4; undefined for a text that is no more than a name. */
function detailsOf({ from, start, length }: Annotation) {
  const details = findDetails(from.subarray(start, start + length), 0)
  if (details === undefined) return undefined
  const writer = new WireWriter(length * 2)
  writeKeyValues(writer, 3, details.attributes)
  writer.uint32(4, details.dropped)
  return { nameLength: details.at, fields: writer.finish() }
}
