import type { AnyValue, KeyValue } from '../model/span.ts'
import { expectWireType, WireType } from '../wire/reader.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { ValueType } from './tag-names.ts'

/**
 * jaeger.api_v2.KeyValue -> attribute.
 *
 *   1 key        string
 *   2 v_type     enum    STRING 0, BOOL 1, INT64 2, FLOAT64 3, BINARY 4: which of the next counts
 *   3 v_str      string
 *   4 v_bool     bool
 *   5 v_int64    int64
 *   6 v_float64  double
 *   7 v_binary   bytes
 *
 * An unknown type becomes the text `<Unknown Jaeger TagType "9">`; the value of a type that is not
 * the one of `v_type` is not kept.
 *
 * Source: jaeger-idl, api_v2/model.proto, message KeyValue.
 */
export function decodeKeyValue(context: DecodeContext, tag: number): KeyValue {
  countItem(context)
  const { reader, texts } = context
  const outer = enter(reader, tag)
  let key = ''
  let type = 0
  let text = ''
  let flag = false
  let whole = 0n
  let double = 0
  let binary: Uint8Array | undefined
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    if (field === stringTag(1)) key = texts.read(reader)
    else if (field === stringTag(3)) text = texts.read(reader)
    else if (field === varintTag(2)) type = reader.int32()
    else if (field === varintTag(5)) whole = reader.int64()
    else if (field === varintTag(4)) flag = reader.bool()
    else if (field === doubleTag(6)) double = reader.double()
    else if (field === stringTag(7)) binary = reader.slice()
    else if (field >>> 3 <= Level.keyValue.jaeger) refuseWireType(context, field)
    else unknown = keepUnknown(unknown, reader, field, start)
  }
  reader.end = outer
  const value = anyValueOf({ type, text, flag, whole, double, binary })
  const kept = unknownToOtlp(unknown?.bytes(), Level.keyValue)
  return kept === undefined ? { key, value } : { key, value, unknown: kept }
}

/** The value fields of one message, as far as they were there. */
interface Values {
  readonly type: number
  readonly text: string
  readonly flag: boolean
  readonly whole: bigint
  readonly double: number
  readonly binary: Uint8Array | undefined
}

function anyValueOf(values: Values): AnyValue {
  switch (values.type) {
    case ValueType.string:
      return { kind: 'string', value: values.text }
    case ValueType.bool:
      return { kind: 'bool', value: values.flag }
    case ValueType.int64:
      return { kind: 'int', value: values.whole }
    case ValueType.float64:
      return { kind: 'double', value: values.double }
    case ValueType.binary:
      return { kind: 'bytes', value: values.binary ?? noBytes }
    default:
      return { kind: 'string', value: `<Unknown Jaeger TagType "${values.type}">` }
  }
}

/** Fails for a known field that did not have its wire type. */
function refuseWireType(context: DecodeContext, field: number): void {
  const number = field >>> 3
  const type = number === 6 ? WireType.fixed64 : varintFields.has(number) ? WireType.varint : 2
  expectWireType(field, type, context.reader)
}

function stringTag(field: number): number {
  return (field << 3) | WireType.bytes
}

function varintTag(field: number): number {
  return field << 3
}

function doubleTag(field: number): number {
  return (field << 3) | WireType.fixed64
}

const varintFields: ReadonlySet<number> = new Set([2, 4, 5])
const noBytes = new Uint8Array(0)
