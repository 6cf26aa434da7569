import { jsonText } from '../model/json-text.ts'
import type { KeyValue } from '../model/span.ts'
import type { WireWriter } from '../wire/writer.ts'
import { Level, unknownToJaeger } from './exchange-unknown.ts'
import { ValueType } from './tag-names.ts'

/**
 * Attribute -> jaeger.api_v2.KeyValue, written as field `field` of the message around it.
 *
 *   1 key, 2 v_type, and the one of 3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary that the
 *   type says; a list or a map is a string of JSON, an empty value the empty string
 *
 * Source: jaeger-idl, api_v2/model.proto, message KeyValue; opentelemetry-collector-contrib,
 * pkg/translator/jaeger, traces_to_jaegerproto.go.
 */
export function encodeKeyValue(writer: WireWriter, field: number, attribute: KeyValue): void {
  writer.message(field, () => {
    writer.string(1, attribute.key)
    writeValue(writer, attribute)
    writer.raw(unknownToJaeger(attribute.unknown, Level.keyValue))
  })
}

function writeValue(writer: WireWriter, { value }: KeyValue): void {
  switch (value?.kind) {
    case 'string':
      writer.string(3, value.value)
      return
    case 'bool':
      writer.uint32(2, ValueType.bool)
      if (value.value) writer.boolAlways(4, true)
      return
    case 'int':
      writer.uint32(2, ValueType.int64)
      writer.int64(5, value.value)
      return
    case 'double':
      writer.uint32(2, ValueType.float64)
      if (value.value !== 0 || Object.is(value.value, -0)) writer.doubleAlways(6, value.value)
      return
    case 'bytes':
      writer.uint32(2, ValueType.binary)
      writer.bytes(7, value.value)
      return
    case 'array':
    case 'kvlist':
      writer.string(3, jsonText(value))
      return
    default:
  }
}
