import { hexOf } from '../model/identifier.ts'
import { absorbView, levelState, seenBits } from '../model/term-hash.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { copyBytes, fieldLength, putLength } from '../otlp/span-output.ts'
import type { TermList } from '../otlp/term-list.ts'
import { WireReader } from '../wire/reader.ts'
import type { Rows } from '../wire/rows.ts'
import { isKnownType, TagField, tagStride, unknownTypeText, wholeAt } from './read-tag.ts'
import { ValueType } from './tag-names.ts'

/**
 * Writes a tag as an OTLP KeyValue, with its unknown fields behind, and notes its terms.
 *
 *   1 key    string    none when it is empty
 *   2 value  AnyValue  1 string_value, 2 bool_value, 3 int_value, 4 double_value, 7 bytes_value
 *
 * An unknown type becomes the text `<Unknown Jaeger TagType "9">`.
 *
 * @param field tag of the field that it is written as
 * @param level where it is, of `TermLevel`
 * @param from the bytes in which the tag was read
 */
export function writeTag(
  out: SpanOutput,
  field: number,
  level: number,
  from: Uint8Array,
  tags: Rows,
  tag: number,
): void {
  const { numbers } = tags
  const at = tag * tagStride
  const key = numbers[at + TagField.key] as number
  const keyLength = numbers[at + TagField.keyLength] as number
  let type = numbers[at + TagField.type] as number
  let value = numbers[at + TagField.value] as number
  let valueLength = numbers[at + TagField.valueLength] as number
  const isShort = keyLength > 0 && keyLength + valueLength <= shortPairMax
  if (isShort && type === ValueType.string && !tags.hasUnknown) {
    writeShortText(out, field, level, from, { key, keyLength, value, valueLength })
    return
  }
  let source = from
  if (!isKnownType(type)) {
    source = new Uint8Array(Buffer.from(unknownTypeText(type)))
    type = ValueType.string
    value = 0
    valueLength = source.length
  }
  const anyLength = anyValueLength(type, valueLength)
  const length = pairLength(tags, tag, anyLength)
  out.reserve(length + 6)
  const { bytes, view } = out
  bytes[out.size] = field
  let to = putLength(bytes, out.size + 1, length)
  if (keyLength > 0) {
    bytes[to] = 0x0a
    to = putLength(bytes, to + 1, keyLength)
    to = copyBytes(from, key, key + keyLength, bytes, to)
  }
  const state = absorbView(levelState(level), view, to - keyLength, to)
  if ((seenBits & nonAscii) !== 0) out.checkText(to - keyLength, to)
  out.terms?.addKey(state)
  bytes[to] = 0x12
  to = putLength(bytes, to + 1, anyLength)
  if (type === ValueType.string) {
    bytes[to] = 0x0a
    to = putLength(bytes, to + 1, valueLength)
    out.size = copyBytes(source, value, value + valueLength, bytes, to)
    const term = absorbView(state, view, to, out.size)
    if ((seenBits & nonAscii) !== 0) out.checkText(to, out.size)
    out.terms?.addValue(term)
  } else {
    out.size = putScalar(bytes, to, type, from, value, valueLength)
    if (out.terms !== undefined) addScalar(out.terms, state, type, out, to + 1)
  }
  if (tags.hasUnknown) {
    const unknown = tags.unknownOf(tag)
    if (unknown !== undefined) out.raw(unknown)
  }
}

/** Most tags: a text whose lengths, and those of all around it, take one byte each. */
function writeShortText(
  out: SpanOutput,
  field: number,
  level: number,
  from: Uint8Array,
  { key, keyLength, value, valueLength }: ShortText,
): void {
  out.reserve(keyLength + valueLength + 8)
  const { bytes, view, terms } = out
  const keyAt = out.size + 4
  const valueAt = keyAt + keyLength + 4
  bytes[keyAt - 4] = field
  bytes[keyAt - 3] = keyLength + valueLength + 6
  bytes[keyAt - 2] = 0x0a
  bytes[keyAt - 1] = keyLength
  for (let at = 0; at < keyLength; at++) bytes[keyAt + at] = from[key + at] as number
  bytes[valueAt - 4] = 0x12
  bytes[valueAt - 3] = valueLength + 2
  bytes[valueAt - 2] = 0x0a
  bytes[valueAt - 1] = valueLength
  for (let at = 0; at < valueLength; at++) bytes[valueAt + at] = from[value + at] as number
  out.size = valueAt + valueLength
  const state = absorbView(levelState(level), view, keyAt, keyAt + keyLength)
  if ((seenBits & nonAscii) !== 0) out.checkText(keyAt, keyAt + keyLength)
  const term = absorbView(state, view, valueAt, valueAt + valueLength)
  if ((seenBits & nonAscii) !== 0) out.checkText(valueAt, out.size)
  if (terms === undefined) return
  terms.addKey(state)
  terms.addValue(term)
}

/** Where a key and its text lie. */
interface ShortText {
  readonly key: number
  readonly keyLength: number
  readonly value: number
  readonly valueLength: number
}

/** Length of a tag as an OTLP KeyValue. */
export function tagLength(tags: Rows, tag: number): number {
  const { numbers } = tags
  const at = tag * tagStride
  const type = numbers[at + TagField.type] as number
  const length = isKnownType(type)
    ? anyValueLength(type, numbers[at + TagField.valueLength] as number)
    : fieldLength(unknownTypeText(type).length)
  return pairLength(tags, tag, length)
}

function pairLength(tags: Rows, tag: number, anyLength: number): number {
  const keyLength = tags.numbers[tag * tagStride + TagField.keyLength] as number
  const unknown = tags.hasUnknown ? (tags.unknownOf(tag)?.length ?? 0) : 0
  return (keyLength === 0 ? 0 : fieldLength(keyLength)) + fieldLength(anyLength) + unknown
}

function anyValueLength(type: number, valueLength: number): number {
  switch (type) {
    case ValueType.bool:
      return 2
    case ValueType.int64:
      return 1 + Math.max(valueLength, 1)
    case ValueType.float64:
      return 9
    default:
      return fieldLength(valueLength)
  }
}

/** Writes the member of an AnyValue that is no text, and gives the position behind it. */
function putScalar(
  bytes: Uint8Array,
  start: number,
  type: number,
  from: Uint8Array,
  value: number,
  length: number,
): number {
  let at = start
  switch (type) {
    case ValueType.bool:
      bytes[at++] = 0x10
      bytes[at++] = value
      return at
    case ValueType.int64:
      bytes[at++] = 0x18
      if (length === 0) {
        bytes[at++] = 0
        return at
      }
      at = copyBytes(from, value, value + length, bytes, at)
      // What was behind it only said that there are more zeros.
      bytes[at - 1] = (bytes[at - 1] as number) & 0x7f
      return at
    case ValueType.float64:
      bytes[at++] = 0x21
      if (length > 0) return copyBytes(from, value, value + 8, bytes, at)
      bytes.fill(0, at, at + 8)
      return at + 8
    default:
      bytes[at++] = 0x3a
      return copyBytes(from, value, value + length, bytes, putLength(bytes, at, length))
  }
}

/** Notes the value that was written from `start` on, as bridge/otlp does when it reads it. */
function addScalar(
  terms: TermList,
  key: number,
  type: number,
  { bytes, view, size: end }: SpanOutput,
  start: number,
): void {
  switch (type) {
    case ValueType.bool:
      terms.addBool(key, bytes[start] === 1)
      break
    case ValueType.int64:
      if (end - start <= exactVarintBytes) terms.addWhole(key, wholeOf(bytes, start, end))
      else terms.addText(key, wholeAt(bytes, start).toString())
      break
    case ValueType.float64:
      terms.addDouble(key, view.getFloat64(start, true))
      break
    default: {
      const length = new WireReader(bytes, start, end).length()
      terms.addText(key, hexOf(bytes.subarray(end - length, end)))
    }
  }
}

/** A varint that a double holds. */
function wholeOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = end - 1; at >= start; at--) value = value * 0x80 + ((bytes[at] as number) & 0x7f)
  return value
}

/** Six more bytes are below 128. */
const shortPairMax = 121
/** 49 bits. */
const exactVarintBytes = 7
const nonAscii = 0x8080_8080 | 0
