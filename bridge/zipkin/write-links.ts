import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { writeKeyValues } from '../otlp/encode-value.ts'
import { bytesOfHex } from '../otlp/json-scalars.ts'
import { WireWriter } from '../wire/writer.ts'
import { countOfText } from './attributes-text.ts'
import { findDetails } from './details-text.ts'
import type { SpanParts } from './span-parts.ts'
import { TagField, tagStride } from './span-parts.ts'
import { linkPrefix } from './tag-names.ts'
import type { TagRoles } from './tag-roles.ts'
import { Role } from './tag-roles.ts'

/**
 * The tags `otlp.link.0`, `otlp.link.1` and so on as fields 13 of a Span, in the order of their
 * numbers: `trace id|span id|trace state|{attributes}|dropped`, as OpenTelemetry's exporters write
 * links; the trace state may have bars of its own. A tag that is no such text becomes an attribute, by its role.
 *
 *   1 trace_id, 2 span_id, 3 trace_state, 4 attributes, 5 dropped_attributes_count
 *
 * Source: opentelemetry-collector-contrib v0.155.0, zipkinv2/to_translator.go, zTagsToSpanLinks.
 */
export function writeLinks(bytes: Uint8Array, parts: SpanParts, roles: TagRoles): Uint8Array {
  const writer = new WireWriter()
  for (const tag of linkTags(bytes, parts, roles)) {
    const { sizeBytes } = writer
    let isLink = false
    writer.message(13, () => {
      isLink = writeLink(writer, bytes, parts, tag)
    })
    if (isLink) continue
    writer.truncate(sizeBytes)
    roles.roles[tag] = Role.attribute
  }
  return writer.finish()
}

/** By number; tags without one become attributes. */
function linkTags(bytes: Uint8Array, parts: SpanParts, { roles }: TagRoles): readonly number[] {
  const { count, numbers } = parts.tags
  const numbered: { readonly tag: number; readonly number: number }[] = []
  for (let tag = 0; tag < count; tag++) {
    if (roles[tag] !== Role.link) continue
    const row = tag * tagStride
    const at = numbers[row + TagField.key] as number
    const start = at < 0 ? ~at : at
    const end = start + (numbers[row + TagField.keyLength] as number)
    const number = countOfText(at < 0 ? parts.own : bytes, start + linkPrefix.length, end)
    if (number === undefined || numbers[row + TagField.isTyped] === 1) roles[tag] = Role.attribute
    else numbered.push({ tag, number })
  }
  return numbered.sort((a, b) => a.number - b.number).map(({ tag }) => tag)
}

function writeLink(
  writer: WireWriter,
  bytes: Uint8Array,
  { tags: { numbers }, own }: SpanParts,
  tag: number,
): boolean {
  const at = numbers[tag * tagStride + TagField.value] as number
  const start = at < 0 ? ~at : at
  const length = numbers[tag * tagStride + TagField.valueLength] as number
  const text = (at < 0 ? own : bytes).subarray(start, start + length)
  const traceId = idOf(text, 0, traceIdEnd)
  const spanId = idOf(text, traceIdEnd + 1, spanIdEnd)
  if (traceId === undefined || spanId === undefined) return false
  const details = findDetails(text, spanIdEnd + 1)
  if (details === undefined) return false
  writer.bytes(1, traceId)
  writer.bytes(2, spanId)
  writer.bytes(3, text.subarray(spanIdEnd + 1, details.at))
  writeKeyValues(writer, 4, details.attributes)
  writer.uint32(5, details.dropped)
  return true
}

/** The id that these hex digits are, if a bar is behind them. */
function idOf(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
  return text[end] === bar ? bytesOfHex(text, start, end) : undefined
}

const bar = 0x7c
const traceIdEnd = traceIdLength * 2
const spanIdEnd = traceIdEnd + 1 + spanIdLength * 2
