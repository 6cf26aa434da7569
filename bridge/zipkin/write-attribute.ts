import type { SpanOutput } from '../otlp/span-output.ts'
import { copyBytes, fieldLength, putLength } from '../otlp/span-output.ts'
import { varintLength } from '../wire/writer.ts'
import type { SpanParts } from './span-parts.ts'
import { TagField, tagStride } from './span-parts.ts'

/**
 * Writes a tag as a KeyValue.
 *
 *   1 key    string    none when it is empty
 *   2 value  AnyValue  1 string_value, or what it is already
 *
 * @param field tag of the field that it is written as
 * @param bytes where the texts lie that are not the parts' own
 */
export function writeTag(
  out: SpanOutput,
  field: number,
  bytes: Uint8Array,
  { tags: { numbers }, own }: SpanParts,
  tag: number,
): void {
  const row = tag * tagStride
  const key = numbers[row + TagField.key] as number
  const keyLength = numbers[row + TagField.keyLength] as number
  const value = numbers[row + TagField.value] as number
  const valueLength = numbers[row + TagField.valueLength] as number
  const keyFrom = key < 0 ? own : bytes
  const keyAt = key < 0 ? ~key : key
  const valueFrom = value < 0 ? own : bytes
  const valueAt = value < 0 ? ~value : value
  if (numbers[row + TagField.isTyped] === 1) {
    const typed = openAttribute(out, field, keyFrom, keyAt, keyLength, valueLength)
    out.size = copyBytes(valueFrom, valueAt, valueAt + valueLength, out.bytes, typed)
    return
  }
  writeText(out, field, keyFrom, keyAt, keyLength, valueFrom, valueAt, valueLength)
}

/** Writes a text under a key of ASCII. */
export function writeNamed(
  out: SpanOutput,
  field: number,
  key: Uint8Array,
  from: Uint8Array,
  start: number,
  length: number,
): void {
  writeText(out, field, key, 0, key.length, from, start, length)
}

/** Writes a small number of at least 0, as an int. */
export function writeNumber(out: SpanOutput, field: number, key: Uint8Array, value: number): void {
  const at = openAttribute(out, field, key, 0, key.length, 1 + varintLength(value))
  out.bytes[at] = 0x18
  out.size = putLength(out.bytes, at + 1, value)
}

/** Writes `true`. */
export function writeTrue(out: SpanOutput, field: number, key: Uint8Array): void {
  const at = openAttribute(out, field, key, 0, key.length, 2)
  out.bytes[at] = 0x10
  out.bytes[at + 1] = 1
  out.size = at + 2
}

function writeText(
  out: SpanOutput,
  field: number,
  keyFrom: Uint8Array,
  keyAt: number,
  keyLength: number,
  valueFrom: Uint8Array,
  valueAt: number,
  valueLength: number,
): void {
  let at = openAttribute(out, field, keyFrom, keyAt, keyLength, fieldLength(valueLength))
  const { bytes } = out
  bytes[at] = 0x0a
  at = putLength(bytes, at + 1, valueLength)
  out.size = copyBytes(valueFrom, valueAt, valueAt + valueLength, bytes, at)
}

/** Writes all but an AnyValue of so many bytes, for which there is room. @returns where it begins */
function openAttribute(
  out: SpanOutput,
  field: number,
  from: Uint8Array,
  key: number,
  keyLength: number,
  anyLength: number,
): number {
  const keyField = keyLength === 0 ? 0 : fieldLength(keyLength)
  const length = keyField + fieldLength(anyLength)
  out.reserve(length + 6)
  const { bytes } = out
  let at = out.size
  bytes[at] = field
  at = putLength(bytes, at + 1, length)
  if (keyLength > 0) {
    bytes[at] = 0x0a
    at = putLength(bytes, at + 1, keyLength)
    at = copyBytes(from, key, key + keyLength, bytes, at)
  }
  bytes[at] = 0x12
  return putLength(bytes, at + 1, anyLength)
}
