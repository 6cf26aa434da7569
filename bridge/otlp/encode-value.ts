import type { AnyValue, KeyValue } from '../model/span.ts'
import type { WireWriter } from '../wire/writer.ts'

/** Writes attributes as a repeated KeyValue of this field number; fields as in decode-value.ts. */
export function writeKeyValues(
  writer: WireWriter,
  field: number,
  attributes: readonly KeyValue[],
): void {
  for (const attribute of attributes) {
    writer.message(field, () => {
      const { value } = attribute
      writer.string(1, attribute.key)
      if (value !== undefined) writer.message(2, () => writeAnyValue(writer, value))
      writer.raw(attribute.unknown)
    })
  }
}

/** A set member is written also when it is its type's default: its presence has a meaning. */
function writeAnyValue(writer: WireWriter, value: AnyValue): void {
  switch (value.kind) {
    case 'empty':
      break
    case 'string':
      writer.stringAlways(1, value.value)
      break
    case 'bool':
      writer.boolAlways(2, value.value)
      break
    case 'int':
      writer.int64Always(3, value.value)
      break
    case 'double':
      writer.doubleAlways(4, value.value)
      break
    case 'array':
      writer.message(5, () => {
        for (const item of value.value) writer.message(1, () => writeAnyValue(writer, item))
        writer.raw(value.listUnknown)
      })
      break
    case 'kvlist':
      writer.message(6, () => {
        writeKeyValues(writer, 1, value.value)
        writer.raw(value.listUnknown)
      })
      break
    case 'bytes':
      writer.bytesAlways(7, value.value)
      break
  }
  writer.raw(value.unknown)
}
