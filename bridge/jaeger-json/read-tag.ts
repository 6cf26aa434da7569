import { base64Of } from '../wire/bytes-text.ts'
import type { JaegerTag } from './jaeger-trace.ts'
import { readFields } from './read-fields.ts'

const types = ['string', 'bool', 'int64', 'float64', 'binary'] as const

/**
 * Body of a jaeger.api_v2.KeyValue -> the JSON tag: the value that its type names, in JavaScript's
 * own type where it has one that holds it. NaN and infinities, for which Jaeger fails, are the
 * strings `NaN`, `+Inf` and `-Inf`; so is `-0`, of which JSON.stringify gives the sign away.
 *
 * Source: jaeger-idl, api_v2/model.proto; jaeger v1.65.0, model/converter/json/from_domain.go.
 *
 * @throws WireError
 */
export function readTag(body: Uint8Array): JaegerTag {
  let key = ''
  let type = 0
  const values: { [type: number]: JaegerTag['value'] } = { 0: '', 1: false, 2: 0, 3: 0, 4: '' }
  readFields(body, {
    1: (reader) => {
      key = reader.string()
    },
    2: (reader) => {
      type = reader.uint32()
    },
    3: (reader) => {
      values[0] = reader.string()
    },
    4: (reader) => {
      values[1] = reader.bool()
    },
    5: (reader) => {
      values[2] = wholeNumber(reader.int64())
    },
    6: (reader) => {
      values[3] = double(reader.double())
    },
    7: (reader) => {
      values[4] = base64Of(reader.slice())
    },
  })
  return { key, type: types[type] ?? 'string', value: values[type] ?? '' }
}

function wholeNumber(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function double(value: number): number | string {
  if (Number.isNaN(value)) return 'NaN'
  if (Object.is(value, -0)) return '-0'
  if (Number.isFinite(value)) return value
  return value > 0 ? '+Inf' : '-Inf'
}
