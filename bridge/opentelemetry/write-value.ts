import type { WireWriter } from '../wire/writer.ts'

/** Lists and maps in each other, deeper than any convention; the gateway takes 90. */
const nestingMax = 32
const int64Bits = 64

/**
 * Writes attributes as JavaScript has them as a repeated KeyValue of this field number.
 *
 *   KeyValue   1 key, 2 value
 *   AnyValue   1 string, 2 bool, 3 int, 4 double, 5 array { 1 values }, 6 kvlist { 1 values }, 7 bytes
 *
 * A whole number up to 2^53 is an int, every other number a double, -0 too. An object is a map of its
 * own keys, null an empty value, a bigint over 64 bits its digits.
 *
 * Source: opentelemetry-proto, common/v1/common.proto; @opentelemetry/otlp-transformer, which makes an int
 * of every whole number.
 *
 * @returns how many were left out, as OTLP has no value for them: a function, a symbol, and what is nested
 * deeper than 32 (a ring is)
 */
export function writeAttributes(
  writer: WireWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>> | undefined,
): number {
  if (attributes === undefined) return 0
  let lost = 0
  for (const key of Object.keys(attributes)) {
    if (!writeKeyValue(writer, field, key, attributes[key], 0)) lost += 1
  }
  return lost
}

/** @returns whether there is a value for it; nothing is written where there is none */
function writeKeyValue(
  writer: WireWriter,
  field: number,
  key: string,
  value: unknown,
  depth: number,
): boolean {
  const start = writer.sizeBytes
  let isWritten = true
  writer.message(field, () => {
    writer.string(1, key)
    isWritten = writeValue(writer, 2, value, depth)
  })
  if (!isWritten) writer.truncate(start)
  return isWritten
}

/** Writes an AnyValue. @returns whether there is one for it; what was written is to be taken back if not */
function writeValue(writer: WireWriter, field: number, value: unknown, depth: number): boolean {
  let isWritten = true
  writer.message(field, () => {
    isWritten = writeMember(writer, value, depth)
  })
  return isWritten
}

/** A set member is written also when it is its type's default: its presence has a meaning. */
function writeMember(writer: WireWriter, value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      writer.stringAlways(1, value)
      return true
    case 'boolean':
      writer.boolAlways(2, value)
      return true
    case 'number':
      writeNumber(writer, value)
      return true
    case 'bigint':
      if (BigInt.asIntN(int64Bits, value) === value) writer.int64Always(3, value)
      else writer.stringAlways(1, String(value))
      return true
    case 'undefined':
      return true
    case 'object':
      return depth <= nestingMax && writeObject(writer, value, depth)
    default:
      return false
  }
}

function writeNumber(writer: WireWriter, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) writer.doubleAlways(4, value)
  else if (value > 0 && value <= 0x7fff_ffff) writer.uint32(3, value)
  else writer.int64Always(3, BigInt(value))
}

function writeObject(writer: WireWriter, value: object | null, depth: number): boolean {
  if (value === null) return true
  if (value instanceof Uint8Array) {
    writer.bytesAlways(7, value)
    return true
  }
  let isWritten = true
  if (Array.isArray(value)) {
    writer.message(5, () => {
      for (const item of value) isWritten = isWritten && writeValue(writer, 1, item, depth + 1)
    })
    return isWritten
  }
  writer.message(6, () => {
    for (const [key, member] of Object.entries(value)) {
      isWritten = isWritten && writeKeyValue(writer, 1, key, member, depth + 1)
    }
  })
  return isWritten
}
