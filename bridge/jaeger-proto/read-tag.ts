import type { AnyValue, KeyValue } from '../model/span.ts'
import { escapedText } from '../repair/escaped-text.ts'
import { expectWireType, twoByteLength, WireReader, WireType } from '../wire/reader.ts'
import type { Rows } from '../wire/rows.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { ValueType } from './tag-names.ts'

/** What is noted of a KeyValue. Offsets are positions in the bytes that were read. */
export const TagField = {
  key: 0,
  keyLength: 1,
  /** Of `ValueType`; any other number of 32 bits is possible. */
  type: 2,
  /** Offset of a text, of bytes, of a double or of a varint; of a boolean its value, 0 or 1. */
  value: 3,
  /**
   * Length of it. Of an int as many bytes as its shortest form has, of which the last may have its
   * upper bit set. 0 also where a number was absent, which is 0.
   */
  valueLength: 4,
} as const

/** Numbers kept for each KeyValue. */
export const tagStride = 5

/**
 * jaeger.api_v2.KeyValue -> a row.
 *
 *   1 key        string
 *   2 v_type     enum    STRING 0, BOOL 1, INT64 2, FLOAT64 3, BINARY 4: which of the next counts
 *   3 v_str      string
 *   4 v_bool     bool
 *   5 v_int64    int64
 *   6 v_float64  double
 *   7 v_binary   bytes
 *
 * The value of a type that is not the one of `v_type` is lost, and so is one that a later one replaces.
 *
 * Source: jaeger-idl, api_v2/model.proto, message KeyValue.
 */
export function readTag(context: DecodeContext, tag: number, tags: Rows): void {
  countItem(context)
  const { reader } = context
  if ((tag & 7) === WireType.bytes && readUsualTag(reader, tags)) return
  const outer = enter(reader, tag)
  readAnyTag(context, tags)
  reader.end = outer
}

/**
 * A KeyValue as an attribute.
 *
 * An unknown type becomes the text `<Unknown Jaeger TagType "9">`.
 */
export function attributeOf(bytes: Uint8Array, tags: Rows, tag: number): KeyValue {
  const at = tag * tagStride
  const keyAt = tags.numbers[at + TagField.key] as number
  const keyEnd = keyAt + (tags.numbers[at + TagField.keyLength] as number)
  const key = escapedText(bytes.subarray(keyAt, keyEnd))
  const unknown = tags.unknownOf(tag)
  const value = tagValueOf(bytes, tags, tag)
  return unknown === undefined ? { key, value } : { key, value, unknown }
}

/** The value of a KeyValue. */
export function tagValueOf(bytes: Uint8Array, tags: Rows, tag: number): AnyValue {
  const at = tag * tagStride
  const type = tags.numbers[at + TagField.type] as number
  const value = tags.numbers[at + TagField.value] as number
  const length = tags.numbers[at + TagField.valueLength] as number
  switch (type) {
    case ValueType.string:
      return { kind: 'string', value: escapedText(bytes.subarray(value, value + length)) }
    case ValueType.bool:
      return { kind: 'bool', value: value === 1 }
    case ValueType.int64:
      return { kind: 'int', value: length === 0 ? 0n : wholeAt(bytes, value) }
    case ValueType.float64:
      return { kind: 'double', value: length === 0 ? 0 : new WireReader(bytes, value).double() }
    case ValueType.binary:
      return { kind: 'bytes', value: bytes.slice(value, value + length) }
    default:
      return { kind: 'string', value: unknownTypeText(type) }
  }
}

/** The int whose varint begins there. */
export function wholeAt(bytes: Uint8Array, at: number): bigint {
  return new WireReader(bytes, at).int64()
}

/** True for a type of `ValueType`. */
export function isKnownType(type: number): boolean {
  return type >= 0 && type <= ValueType.binary
}

/** The value of a KeyValue with any other type. */
export function unknownTypeText(type: number): string {
  return `<Unknown Jaeger TagType "${type}">`
}

/** A text and the bytes in which it lies; of no length where there is none. */
export interface TextSlice {
  bytes: Uint8Array
  start: number
  length: number
}

/** A text of no length. */
export function noText(): TextSlice {
  return { bytes: noBytes, start: 0, length: 0 }
}

/** Finds a tag's text; of no length, and false, when its value is none. */
export function findTagText(
  bytes: Uint8Array,
  { numbers }: Rows,
  tag: number,
  into: TextSlice,
): boolean {
  const at = tag * tagStride
  const type = numbers[at + TagField.type] as number
  into.length = 0
  if (type === ValueType.string) {
    into.bytes = bytes
    into.start = numbers[at + TagField.value] as number
    into.length = numbers[at + TagField.valueLength] as number
    return true
  }
  if (isKnownType(type)) return false
  into.bytes = new Uint8Array(Buffer.from(unknownTypeText(type)))
  into.start = 0
  into.length = into.bytes.length
  return true
}

const noBytes = new Uint8Array(0)

/**
 * What clients write: fields in the order of their numbers, defaults mostly left out, the shortest
 * forms of lengths, that of the key one byte and others at most two.
 *
 *   length  0x0a key-length key  0x10 type  0x1a text-length text
 *                                           0x20 0 or 1
 *                                           0x28 varint
 *                                           0x31 8 bytes
 *                                           0x3a length bytes
 *
 * @returns false for anything else, with nothing read
 */
function readUsualTag(reader: WireReader, tags: Rows): boolean {
  const { bytes } = reader
  let at = reader.position
  let length = bytes[at++] as number
  if (length >= 0x80) {
    length = twoByteLength(length, bytes[at++] as number)
    if (length < 0) return false
  }
  const end = at + length
  if (length < 2 || end > reader.end || bytes[at] !== 0x0a) return false
  const keyLength = bytes[at + 1] as number
  const key = at + 2
  at = key + keyLength
  if (keyLength >= 0x80 || at > end) return false
  let type = 0
  if (at < end && bytes[at] === 0x10) {
    type = bytes[at + 1] as number
    at += 2
    if (at > end) return false
  }
  const value = at === end ? 0 : usualValue(bytes, type, at, end)
  if (value < 0 || type > ValueType.binary) return false
  const row = tags.add()
  const { numbers } = tags
  numbers[row + TagField.key] = key
  numbers[row + TagField.keyLength] = keyLength
  numbers[row + TagField.type] = type
  if (type === ValueType.bool) {
    numbers[row + TagField.value] = at === end ? 0 : (bytes[value] as number)
    numbers[row + TagField.valueLength] = 0
  } else {
    numbers[row + TagField.value] = value
    numbers[row + TagField.valueLength] = at === end ? 0 : end - value
  }
  reader.position = end
  return true
}

/** Where the value begins whose field fills the bytes from `start` to `end`; -1 when none does. */
function usualValue(bytes: Uint8Array, type: number, start: number, end: number): number {
  const tag = bytes[start] as number
  let at = start + 1
  switch (type) {
    case ValueType.string:
    case ValueType.binary: {
      if (tag !== (type === ValueType.string ? 0x1a : 0x3a)) return -1
      let length = bytes[at++] as number
      if (length >= 0x80) {
        length = twoByteLength(length, bytes[at++] as number)
        if (length < 0) return -1
      }
      return at + length === end ? at : -1
    }
    case ValueType.bool:
      return tag === 0x20 && at + 1 === end && (bytes[at] as number) <= 1 ? at : -1
    case ValueType.int64:
      return tag === 0x28 && isShortestVarint(bytes, at, end) ? at : -1
    case ValueType.float64:
      return tag === 0x31 && at + 8 === end ? at : -1
    default:
      return -1
  }
}

function isShortestVarint(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 1 || length > 10) return false
  for (let at = start; at < end - 1; at++) if ((bytes[at] as number) < 0x80) return false
  const last = bytes[end - 1] as number
  if (length === 10) return last === 1
  return last < 0x80 && (last > 0 || length === 1)
}

// One tag after the other.
const starts = [0, 0, 0, 0, 0]
const lengths = [0, 0, 0, 0, 0]

/** A KeyValue in any encoding, from the reader's position to its end. */
function readAnyTag(context: DecodeContext, tags: Rows): void {
  const { reader } = context
  const row = tags.count
  let seen = 0
  const at = tags.add()
  const { numbers } = tags
  numbers[at + TagField.keyLength] = 0
  // Where the last value of each type begins and how long it is; the type may come behind them.
  starts.fill(0)
  lengths.fill(0)
  let type = 0
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    const number = field >>> 3
    if (number > Level.keyValue.jaeger) {
      unknown = keepUnknown(unknown, reader, field, start)
      continue
    }
    expectWireType(field, wireTypes[number] ?? WireType.bytes, reader)
    if ((seen & (1 << number)) !== 0) context.lostFields += 1
    seen |= 1 << number
    if (number === 1) {
      numbers[at + TagField.keyLength] = reader.length()
      numbers[at + TagField.key] = reader.position
      reader.position += numbers[at + TagField.keyLength] as number
    } else if (number === 2) type = reader.int32()
    else readValue(reader, valueTypes[number] as number)
  }
  for (let other = 0; other < starts.length; other++) {
    if (other !== type && hasValue(reader.bytes, other)) context.lostFields += 1
  }
  numbers[at + TagField.type] = type
  numbers[at + TagField.value] = starts[type] ?? 0
  numbers[at + TagField.valueLength] = lengths[type] ?? 0
  tags.setUnknown(row, unknownToOtlp(unknown?.bytes(), Level.keyValue))
}

/**
 * Whether the value of a type is there and says something: a default one is as if it was left out, and so is one of
 * zeros (Jaeger's client for Node sends eight of them as `vBinary` of every tag).
 */
function hasValue(bytes: Uint8Array, type: number): boolean {
  const start = starts[type] as number
  if (type === ValueType.bool) return start === 1
  const length = lengths[type] as number
  for (let at = start; at < start + length; at++) if (bytes[at] !== 0) return true
  return false
}

function readValue(reader: WireReader, type: number): void {
  if (type === ValueType.bool) {
    starts[type] = reader.bool() ? 1 : 0
    return
  }
  if (type === ValueType.string || type === ValueType.binary) {
    const length = reader.length()
    starts[type] = reader.position
    lengths[type] = length
    reader.position += length
    return
  }
  const start = reader.position
  starts[type] = start
  if (type === ValueType.int64) {
    reader.int64()
    lengths[type] = shortestLength(reader.bytes, start, reader.position)
  } else {
    reader.double()
    lengths[type] = 8
  }
}

/** Bytes of a varint without those at its end that add nothing but zeros. */
function shortestLength(bytes: Uint8Array, start: number, end: number): number {
  let last = end - 1
  while (last > start && ((bytes[last] as number) & 0x7f) === 0) last -= 1
  return last + 1 - start
}

const { varint, fixed64, bytes: delimited } = WireType
/** By field number. */
const wireTypes = [0, delimited, varint, delimited, varint, varint, fixed64, delimited] as const
const { string: text, bool, int64, float64, binary } = ValueType
/** By field number. */
const valueTypes = [0, 0, 0, text, bool, int64, float64, binary] as const
