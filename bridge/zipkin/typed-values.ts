import { WireWriter } from '../wire/writer.ts'

// Bodies of an AnyValue, for tags that are more than text.

/** 2 bool_value */
export function boolValue(value: boolean): Uint8Array {
  return Uint8Array.of(0x10, value ? 1 : 0)
}

/** 3 int_value */
export function intValue(value: bigint): Uint8Array {
  const writer = new WireWriter(16)
  writer.int64Always(3, value)
  return writer.finish()
}

/** 4 double_value */
export function doubleValue(value: number): Uint8Array {
  const writer = new WireWriter(16)
  writer.doubleAlways(4, value)
  return writer.finish()
}

/** 7 bytes_value */
export function bytesValue(value: Uint8Array): Uint8Array {
  const writer = new WireWriter(value.length + 8)
  writer.bytesAlways(7, value)
  return writer.finish()
}
