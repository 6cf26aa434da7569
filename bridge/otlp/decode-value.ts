import type { AnyValue, KeyValue } from '../model/span.ts'
import type { WireReader } from '../wire/reader.ts'
import { expectWireType, nestingMax, WireType } from '../wire/reader.ts'
import { UnknownFields } from '../wire/unknown-fields.ts'
import { WireError } from '../wire/wire-error.ts'

/**
 * Runs `read` on a length-delimited message and goes behind it.
 *
 * @param read decodes from the reader's position up to its end
 */
export function readMessage<Result>(reader: WireReader, read: () => Result): Result {
  const length = reader.length()
  const { end } = reader
  reader.end = reader.position + length
  const result = read()
  reader.end = end
  return result
}

/**
 * Decodes a KeyValue that comes with its length.
 *
 *   1 key           string
 *   2 value         AnyValue, merged when it comes again
 *   3 key_strindex  int32, kept as an unknown field: only profiles have a string table
 *
 * Source: opentelemetry-proto common/v1/common.proto, KeyValue.
 *
 * @param depth nesting of the KeyValue in the request
 */
export function decodeKeyValue(reader: WireReader, depth: number): KeyValue {
  return readMessage(reader, () => readKeyValue(reader, depth))
}

/** The same of a KeyValue that takes all that the reader has left. */
export function readKeyValue(reader: WireReader, depth: number): KeyValue {
  checkDepth(reader, depth)
  const unknown = new UnknownFields()
  let key = ''
  let value: AnyValue | undefined
  while (reader.more()) {
    const start = reader.position
    const tag = reader.tag()
    switch (tag >>> 3) {
      case 1:
        expectWireType(tag, WireType.bytes, reader)
        key = reader.string()
        break
      case 2:
        expectWireType(tag, WireType.bytes, reader)
        value = decodeAnyValue(reader, depth + 1, value)
        break
      default:
        unknown.keep(reader, tag, start, depth)
    }
  }
  return { key, value, ...unknown.property() }
}

/**
 * Decodes an AnyValue that comes with its length.
 *
 *   1 string_value  string     5 array_value   ArrayValue
 *   2 bool_value    bool       6 kvlist_value  KeyValueList
 *   3 int_value     int64      7 bytes_value   bytes
 *   4 double_value  double     8 string_value_strindex  int32, kept as an unknown field
 *
 * Source: opentelemetry-proto common/v1/common.proto, AnyValue.
 *
 * @param before the value of the same field that came earlier; protobuf merges them
 */
function decodeAnyValue(reader: WireReader, depth: number, before?: AnyValue): AnyValue {
  return readMessage(reader, () => {
    checkDepth(reader, depth)
    const unknown = new UnknownFields(before?.unknown)
    let value: AnyValue = before ?? { kind: 'empty' }
    while (reader.more()) {
      const start = reader.position
      const tag = reader.tag()
      const next = decodeMember(reader, tag, depth, value)
      if (next === undefined) unknown.keep(reader, tag, start, depth)
      else value = next
    }
    const { unknown: _, ...known } = value
    return { ...known, ...unknown.property() }
  })
}

function decodeMember(
  reader: WireReader,
  tag: number,
  depth: number,
  before: AnyValue,
): AnyValue | undefined {
  switch (tag >>> 3) {
    case 1:
      expectWireType(tag, WireType.bytes, reader)
      return { kind: 'string', value: reader.string() }
    case 2:
      expectWireType(tag, WireType.varint, reader)
      return { kind: 'bool', value: reader.bool() }
    case 3:
      expectWireType(tag, WireType.varint, reader)
      return { kind: 'int', value: reader.int64() }
    case 4:
      expectWireType(tag, WireType.fixed64, reader)
      return { kind: 'double', value: reader.double() }
    case 5:
      expectWireType(tag, WireType.bytes, reader)
      return decodeArray(reader, depth + 1, before)
    case 6:
      expectWireType(tag, WireType.bytes, reader)
      return decodeMap(reader, depth + 1, before)
    case 7:
      expectWireType(tag, WireType.bytes, reader)
      return { kind: 'bytes', value: new Uint8Array(reader.slice()) }
    default:
      return undefined
  }
}

/** 1 values repeated AnyValue */
function decodeArray(reader: WireReader, depth: number, before: AnyValue): AnyValue {
  const values = before.kind === 'array' ? [...before.value] : []
  const listUnknown = readList(reader, depth, before.kind === 'array' ? before : undefined, () => {
    values.push(decodeAnyValue(reader, depth + 1))
  })
  return { kind: 'array', value: values, ...listUnknown }
}

/** 1 values repeated KeyValue */
function decodeMap(reader: WireReader, depth: number, before: AnyValue): AnyValue {
  const values = before.kind === 'kvlist' ? [...before.value] : []
  const listUnknown = readList(reader, depth, before.kind === 'kvlist' ? before : undefined, () => {
    values.push(decodeKeyValue(reader, depth + 1))
  })
  return { kind: 'kvlist', value: values, ...listUnknown }
}

function readList(
  reader: WireReader,
  depth: number,
  before: { readonly listUnknown?: Uint8Array } | undefined,
  readItem: () => void,
): { listUnknown?: Uint8Array } {
  return readMessage(reader, () => {
    checkDepth(reader, depth)
    const unknown = new UnknownFields(before?.listUnknown)
    while (reader.more()) {
      const start = reader.position
      const tag = reader.tag()
      if (tag >>> 3 === 1) {
        expectWireType(tag, WireType.bytes, reader)
        readItem()
      } else unknown.keep(reader, tag, start, depth)
    }
    const bytes = unknown.bytes()
    return bytes === undefined ? {} : { listUnknown: bytes }
  })
}

function checkDepth(reader: WireReader, depth: number): void {
  if (depth <= nestingMax) return
  throw new WireError(
    'too_deep',
    `Cannot decode value: messages are nested over ${nestingMax} deep`,
    reader.position,
  )
}
