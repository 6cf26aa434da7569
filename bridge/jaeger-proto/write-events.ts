import { TermLevel } from '../model/term-hash.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { fieldLength } from '../otlp/span-output.ts'
import { findText, textTable } from '../wire/text-table.ts'
import { findTagText, noText, TagField, tagStride, tagValueOf } from './read-tag.ts'
import type { SpanParts } from './span-parts.ts'
import { LogField, logStride } from './span-parts.ts'
import { TagName } from './tag-names.ts'
import { tagLength, writeTag } from './write-tag.ts'

/**
 * Logs -> events.
 *
 *   1 time_unix_nano, 2 name: the field `event`, 3 attributes: the other fields
 *
 * @param from the bytes in which the parts were read
 */
export function writeEvents(out: SpanOutput, from: Uint8Array, parts: SpanParts): void {
  for (let row = 0; row < parts.logs.count; row++) writeEvent(out, from, parts, row)
}

function writeEvent(out: SpanOutput, from: Uint8Array, parts: SpanParts, row: number): void {
  const { logs, fields } = parts
  const at = row * logStride
  const timeLow = logs.numbers[at + LogField.timeLow] as number
  const timeHigh = logs.numbers[at + LogField.timeHigh] as number
  const first = logs.numbers[at + LogField.firstField] as number
  const end = logs.numbers[at + LogField.endField] as number
  const named = findName(from, parts, first, end)
  const unknown = logs.unknownOf(row)
  let length = timeLow === 0 && timeHigh === 0 ? 0 : 9
  if (name.length > 0) length += fieldLength(name.length)
  for (let field = first; field < end; field++) {
    if (field !== named) length += fieldLength(tagLength(fields, field))
  }
  out.head(0x5a, length + (unknown?.length ?? 0))
  out.fixed64(0x09, timeLow, timeHigh)
  out.text(0x12, name.bytes, name.start, name.length)
  for (let field = first; field < end; field++) {
    if (field !== named) writeTag(out, 0x1a, TermLevel.event, from, fields, field)
  }
  if (unknown !== undefined) out.raw(unknown)
}

/**
 * The name of an event is its field `event`, as text; the last one counts. The field goes away only
 * where writing the log again would make the very same one: if it is a string, and the only one or the last
 * field of all.
 *
 * @returns the field that goes away, or `none`; the name is in `name`
 */
function findName(from: Uint8Array, parts: SpanParts, first: number, end: number): number {
  const { fields } = parts
  const { numbers } = fields
  let named = none
  let count = 0
  name.length = 0
  for (let field = first; field < end; field++) {
    const at = field * tagStride
    const key = numbers[at + TagField.key] as number
    if (findText(eventKey, from, key, numbers[at + TagField.keyLength] as number) === none) continue
    named = field
    count += 1
  }
  if (named === none) return none
  if (findTagText(from, fields, named, name)) {
    const isPlain = name.length > 0 && fields.unknownOf(named) === undefined
    return isPlain && (count === 1 || named === end - 1) ? named : none
  }
  const value = tagValueOf(from, fields, named)
  if (value.kind === 'empty' || typeof value.value === 'object') return none
  name.bytes = new Uint8Array(Buffer.from(String(value.value)))
  name.start = 0
  name.length = name.bytes.length
  return none
}

/** One event after the other. */
const name = noText()
const none = -1
const eventKey = textTable([TagName.event])
