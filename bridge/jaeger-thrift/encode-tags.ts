import { ValueType } from '../jaeger-proto/tag-names.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import type { ThriftWriter } from '../thrift/thrift-writer.ts'
import { WireReader } from '../wire/reader.ts'
import type { EncodeContext } from './encode-context.ts'
import { skipLost } from './encode-context.ts'

/**
 * jaeger.api_v2.KeyValue[] -> a field that is a list<Tag>; nothing where there are none, as the
 * field is optional in spans and processes.
 *
 *   1 key        1 key      string
 *   2 v_type     2 vType    i32: STRING 0 -> 0, BOOL 1 -> 2, INT64 2 -> 3, FLOAT64 3 -> 1, BINARY 4 -> 4
 *   3 v_str      3 vStr     string
 *   4 v_bool     5 vBool    bool
 *   5 v_int64    6 vLong    i64
 *   6 v_float64  4 vDouble  double
 *   7 v_binary   7 vBinary  binary
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Tag; proto/api_v2/model.proto, message KeyValue.
 *
 * @param text one more tag, which holds a string
 */
export function encodeTags(
  context: EncodeContext,
  id: number,
  tags: readonly Uint8Array[],
  text?: { readonly key: string; readonly value: string },
): void {
  const count = tags.length + (text === undefined ? 0 : 1)
  if (count === 0) return
  encodeTagList(context, id, tags, count)
  if (text === undefined) return
  const { writer } = context
  writer.struct(() => {
    writer.field(1, ThriftType.binary)
    writer.binary(Buffer.from(text.key))
    writeVType(writer, ValueType.string)
    writer.field(3, ThriftType.binary)
    writer.binary(Buffer.from(text.value))
  })
}

/** The same, also where there are none. @param count that is written; more tags may follow */
export function encodeTagList(
  context: EncodeContext,
  id: number,
  tags: readonly Uint8Array[],
  count = tags.length,
): void {
  const { writer } = context
  writer.field(id, ThriftType.list)
  writer.list(ThriftType.struct, count)
  for (const tag of tags) writer.struct(() => encodeTag(context, tag))
}

function encodeTag(context: EncodeContext, body: Uint8Array): void {
  const { writer } = context
  const reader = new WireReader(body)
  let key: Uint8Array = nothing
  let type = 0
  let bytes: Uint8Array = nothing
  let isTrue = false
  let whole = 0n
  let double: Uint8Array = zero
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) key = reader.slice()
    else if (tag === 0x10) type = reader.uint32()
    else if (tag === 0x1a || tag === 0x3a) bytes = reader.slice()
    else if (tag === 0x20) isTrue = reader.bool()
    else if (tag === 0x28) whole = reader.int64()
    else if (tag === 0x31) double = doubleAt(reader, tag)
    else skipLost(context, reader, tag)
  }
  writer.field(1, ThriftType.binary)
  writer.binary(key)
  writeVType(writer, type)
  switch (type) {
    case ValueType.bool:
      writer.boolField(5, isTrue)
      return
    case ValueType.int64:
      writer.field(6, ThriftType.i64)
      writer.i64(whole)
      return
    case ValueType.float64:
      writer.field(4, ThriftType.double)
      writer.double(double)
      return
    default:
      writer.field(type === ValueType.binary ? 7 : 3, ThriftType.binary)
      writer.binary(bytes)
  }
}

function writeVType(writer: ThriftWriter, type: number): void {
  writer.field(2, ThriftType.i32)
  writer.i32(tagTypes[type] ?? 0)
}

function doubleAt(reader: WireReader, tag: number): Uint8Array {
  const start = reader.position
  reader.skip(tag)
  return reader.bytes.subarray(start, reader.position)
}

/** TagType of each jaeger.api_v2.ValueType. */
const tagTypes: readonly number[] = [0, 2, 3, 1, 4]

const nothing = new Uint8Array(0)
const zero = new Uint8Array(8)
