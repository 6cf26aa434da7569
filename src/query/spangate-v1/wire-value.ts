import type { AnyValue, KeyValue } from '../../../bridge/model/span.ts'
import type { AnyValue as WireValue } from '../../../proto/gen/opentelemetry/proto/common/v1/AnyValue.ts'
import type { KeyValue as WireKeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/KeyValue.ts'

/** A value as proto-loader takes opentelemetry.proto.common.v1.AnyValue, 64-bit integers as text. */
export function wireValue(value: AnyValue | undefined): WireValue {
  switch (value?.kind) {
    case undefined:
    case 'empty':
      return {}
    case 'string':
      return { stringValue: value.value }
    case 'bool':
      return { boolValue: value.value }
    case 'int':
      return { intValue: String(value.value) }
    case 'double':
      return { doubleValue: value.value }
    case 'bytes':
      return { bytesValue: value.value }
    case 'array':
      return { arrayValue: { values: value.value.map(wireValue) } }
    case 'kvlist':
      return { kvlistValue: { values: value.value.map(wireKeyValue) } }
  }
}

function wireKeyValue({ key, value }: KeyValue): WireKeyValue {
  return { key, value: wireValue(value) }
}
