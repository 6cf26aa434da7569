import { ValueType } from '../jaeger-proto/tag-names.ts'
import { bytesOfBase64, doubleOf, integerOf } from '../otlp/json-scalars.ts'
import { JsonByte } from '../wire/json-reader.ts'
import type { WireWriter } from '../wire/writer.ts'
import type { JsonCursor } from './json-cursor.ts'

/**
 * A JSON tag -> jaeger.api_v2.KeyValue.
 *
 *   key    1 key
 *   type   2 v_type  string 0, bool 1, int64 2, float64 3, binary 4; left out it follows from the value
 *   value  3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary; null is the default of its type
 *
 * A value may be written as a string whatever its type is, as Jaeger's older files have it, and must
 * be for what JSON has no number for: an int64 beyond 2^53, `NaN`, `+Inf` and `-Inf`.
 *
 * Source: jaeger v1.65.0, model/json/model.go and model/converter/json/from_domain.go; jaeger-idl,
 * api_v2/model.proto.
 */
export function writeTag(cursor: JsonCursor, writer: WireWriter, field: number): void {
  writer.message(field, () => {
    let type: string | undefined
    let valueAt = -1
    cursor.object((name) => {
      if (name === 'key') writer.bytes(1, cursor.text())
      else if (name === 'type') type = typeOf(cursor)
      else if (name === 'value') valueAt = cursor.pass()
      else return false
      return true
    })
    if (valueAt < 0) writer.int32(2, types[type ?? 'string'] as number)
    else cursor.revisit('value', valueAt, () => writeValue(cursor, writer, type))
  })
}

function typeOf(cursor: JsonCursor): string {
  const type = cursor.ascii()
  if (types[type] === undefined) cursor.failText(`one of ${Object.keys(types).join(', ')}`)
  return type
}

function writeValue(cursor: JsonCursor, writer: WireWriter, type: string | undefined): void {
  const asType = type ?? typeOfValue(cursor)
  writer.int32(2, types[asType] as number)
  switch (asType) {
    case 'string':
      writer.bytes(3, cursor.text())
      break
    case 'bool':
      writer.boolAlways(4, bool(cursor))
      break
    case 'int64':
      writer.int64Always(5, cursor.integer(-(2n ** 63n), 2n ** 63n - 1n))
      break
    case 'float64':
      writer.doubleAlways(6, double(cursor))
      break
    default:
      writer.bytes(7, bytesOfBase64(cursor.ascii()) ?? cursor.failText('base64'))
  }
}

/** What a value without a type is: of numbers, whole ones are int64. */
function typeOfValue(cursor: JsonCursor): string {
  const { reader } = cursor
  const byte = reader.peek()
  if (byte === JsonByte.quote) return 'string'
  if (byte === JsonByte.t || byte === JsonByte.f) return 'bool'
  const { at } = reader
  const whole = integerOf(cursor.number())
  reader.at = at
  return whole === undefined ? 'float64' : 'int64'
}

function bool(cursor: JsonCursor): boolean {
  const { reader } = cursor
  const byte = reader.peek()
  if (byte === JsonByte.t || byte === JsonByte.f) return reader.literal() === JsonByte.t
  if (byte !== JsonByte.quote) cursor.fail('must be true or false')
  const text = cursor.ascii()
  if (text !== 'true' && text !== 'false') cursor.failText('true or false')
  return text === 'true'
}

function double(cursor: JsonCursor): number {
  const text = cursor.number()
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return doubleOf(text) ?? cursor.failText('a double')
}

const types: Readonly<Record<string, number>> = Object.assign(Object.create(null), ValueType)
