import { isUtf8 } from 'node:buffer'
import type { AnyValue, KeyValue } from '../model/span.ts'
import { JsonByte, JsonReader } from '../wire/json-reader.ts'
import { textOf } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'

/** Deeper values are no attributes. */
const depthMax = 32

/**
 * The attributes that `attributesText` and OpenTelemetry's exporters write as a JSON object. A whole
 * number is an int, exactly; any other a double.
 *
 * @returns undefined for anything that is not the text of one object
 */
export function attributesOfText(
  bytes: Uint8Array,
  start: number,
  end: number,
): readonly KeyValue[] | undefined {
  const reader = new JsonReader(bytes.subarray(start, end))
  try {
    if (reader.peek() !== JsonByte.openObject) return undefined
    const attributes = readObject(reader, 0)
    reader.end()
    return attributes
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** A count in decimal digits; undefined for any other text, and beyond 32 bits. */
export function countOfText(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end <= start || end - start > 10) return undefined
  let count = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return undefined
    count = count * 10 + digit
  }
  return count < 2 ** 32 ? count : undefined
}

function readObject(reader: JsonReader, depth: number): KeyValue[] {
  const attributes: KeyValue[] = []
  if (!reader.enter(JsonByte.closeObject)) return attributes
  do {
    reader.key()
    const key = textIn(reader)
    attributes.push({ key, value: readValue(reader, depth) })
  } while (reader.more(JsonByte.closeObject))
  return attributes
}

function readValue(reader: JsonReader, depth: number): AnyValue {
  if (depth >= depthMax) throw new WireError('too_deep', 'Cannot read attributes', reader.at)
  switch (reader.peek()) {
    case JsonByte.quote:
      reader.string()
      return { kind: 'string', value: textIn(reader) }
    case JsonByte.openObject:
      return { kind: 'kvlist', value: readObject(reader, depth + 1) }
    case JsonByte.openArray:
      return { kind: 'array', value: readArray(reader, depth + 1) }
    case JsonByte.t:
    case JsonByte.f:
      return { kind: 'bool', value: reader.literal() === JsonByte.t }
    case JsonByte.n:
      reader.literal()
      return { kind: 'empty' }
    default:
      reader.number()
      return numberOf(reader.latin1())
  }
}

function readArray(reader: JsonReader, depth: number): AnyValue[] {
  const values: AnyValue[] = []
  if (!reader.enter(JsonByte.closeArray)) return values
  do values.push(readValue(reader, depth))
  while (reader.more(JsonByte.closeArray))
  return values
}

function numberOf(text: string): AnyValue {
  const value = Number(text)
  const whole = /^-?\d{1,19}$/.test(text)
    ? BigInt(text)
    : Number.isSafeInteger(value)
      ? BigInt(value)
      : undefined
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) {
    return { kind: 'int', value: whole }
  }
  return { kind: 'double', value }
}

/** What is not UTF-8 is left where it is, for bridge/repair to see it. */
function textIn({ text, textStart, textEnd, at }: JsonReader): string {
  const bytes = text.subarray(textStart, textEnd)
  if (!isUtf8(bytes)) throw new WireError('bad_utf8', 'Cannot read attributes', at)
  return textOf(bytes)
}
