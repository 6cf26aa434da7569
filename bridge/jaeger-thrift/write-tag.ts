import { ThriftType } from '../thrift/thrift-type.ts'
import type { TagText } from './proto-output.ts'
import type { Context } from './scratch.ts'
import { skipUnknown } from './scratch.ts'

/**
 * list<Tag> -> jaeger.api_v2.KeyValue[], the Thrift field being the current one.
 *
 *   1 key      string  1 key
 *   2 vType    i32     2 v_type: STRING 0 -> 0, DOUBLE 1 -> 3, BOOL 2 -> 1, LONG 3 -> 2, BINARY 4 -> 4;
 *                      an unknown one stays what it is, and is as unknown there
 *   3 vStr     string  3 v_str
 *   4 vDouble  double  6 v_float64
 *   5 vBool    bool    4 v_bool
 *   6 vLong    i64     5 v_int64
 *   7 vBinary  binary  7 v_binary
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Tag; proto/api_v2/model.proto, message KeyValue.
 *
 * @param tag of the field that the tags become
 * @param onTag called after each of them
 */
export function writeTags(context: Context, tag: number, onTag?: (text: TagText) => void): void {
  const { out } = context
  const count = itemsOf(context)
  const { reader } = context
  for (let left = count; left > 0; left--) {
    if (reader.textTag()) {
      text.keyStart = reader.start
      text.keyLength = reader.length
      text.textStart = reader.textStart
      text.textLength = reader.textLength
      out.textTag(tag, reader.bytes, text)
    } else {
      const at = out.open(tag)
      writeTag(context)
      out.close(at)
    }
    onTag?.(text)
  }
}

/** Begins a list of structs; 0 and skipped when its elements are something else. */
export function structsOf(context: Context): number {
  const { reader } = context
  const count = reader.list()
  const { elementType } = reader
  if (elementType === ThriftType.struct) return count
  if (count > 0) context.unknownFields += 1
  for (let left = count; left > 0; left--) reader.skip(elementType, 1)
  return 0
}

/** Begins a list of tags, logs or references, as `structsOf` does. */
export function itemsOf(context: Context): number {
  const count = structsOf(context)
  context.density.countItems(count, context.reader.position)
  return count
}

function writeTag(context: Context): void {
  const { reader, out } = context
  text.keyStart = -1
  text.textStart = -1
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldType !== tagTypes[reader.fieldId]) {
      skipUnknown(context)
      continue
    }
    switch (reader.fieldId) {
      case 1:
        reader.binary()
        text.keyStart = reader.start
        text.keyLength = reader.length
        out.slice(0x0a, reader.bytes, reader.start, reader.length)
        break
      case 2: {
        const type = reader.i32()
        out.int32(0x10, valueTypes[type] ?? type)
        break
      }
      case 3:
        reader.binary()
        text.textStart = reader.start
        text.textLength = reader.length
        out.slice(0x1a, reader.bytes, reader.start, reader.length)
        break
      case 4:
        reader.double()
        out.fixed64(0x31, reader.low, reader.high)
        break
      case 5:
        out.uint32(0x20, reader.bool() ? 1 : 0)
        break
      case 6:
        reader.i64()
        out.int64(0x28, reader.low, reader.high)
        break
      default:
        reader.binary()
        out.slice(0x3a, reader.bytes, reader.start, reader.length)
    }
  }
  reader.leave(outer)
}

// One tag after the other: nothing of it outlives its call.
const text: TagText = { keyStart: -1, keyLength: 0, textStart: -1, textLength: 0 }

/** Types of the fields of Tag, by their ids. */
const tagTypes: readonly number[] = [
  0,
  ThriftType.binary,
  ThriftType.i32,
  ThriftType.binary,
  ThriftType.double,
  ThriftType.bool,
  ThriftType.i64,
  ThriftType.binary,
]

/** jaeger.api_v2.ValueType of each TagType. */
const valueTypes: readonly number[] = [0, 3, 1, 2, 4]
