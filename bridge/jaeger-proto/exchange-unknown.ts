import { WireReader, WireType } from '../wire/reader.ts'
import { WireWriter } from '../wire/writer.ts'

/**
 * Field under which one model's message carries the unknown fields of the other's: a private number
 * that neither contract uses. Its value is those fields, verbatim with their tags.
 */
export const foreignFieldsNumber = 64_250

/** Highest field number that each message of a pair knows. */
export interface Level {
  readonly jaeger: number
  readonly otlp: number
}

/** The pairs of messages that carry each other's unknown fields. */
export const Level = {
  span: { jaeger: 12, otlp: 16 },
  /** Log and Event. */
  event: { jaeger: 2, otlp: 4 },
  /** SpanRef and Link. */
  link: { jaeger: 3, otlp: 6 },
  /** Process and Resource. */
  resource: { jaeger: 2, otlp: 2 },
  keyValue: { jaeger: 7, otlp: 2 },
} as const satisfies Record<string, Level>

/** Unknown fields of a Jaeger message as unknown fields of its OTLP counterpart. */
export function unknownToOtlp(
  unknown: Uint8Array | undefined,
  level: Level,
): Uint8Array | undefined {
  return unknown === undefined ? undefined : exchange(unknown, level.otlp, level.jaeger)
}

/** Unknown fields of an OTLP message as unknown fields of its Jaeger counterpart. */
export function unknownToJaeger(
  unknown: Uint8Array | undefined,
  level: Level,
): Uint8Array | undefined {
  return unknown === undefined ? undefined : exchange(unknown, level.jaeger, level.otlp)
}

/**
 * Wraps what is foreign to the target and unwraps what the target had wrapped before.
 *
 * Going there and back gives the same fields again, whatever they are: wrapped ones first, then
 * those that were unwrapped.
 */
function exchange(unknown: Uint8Array, targetKnows: number, sourceKnows: number): Uint8Array {
  const foreign: Uint8Array[] = []
  const own: Uint8Array[] = []
  const reader = new WireReader(unknown)
  while (reader.more()) {
    const start = reader.position
    const content = readWrapper(reader)
    if (content !== undefined && isWrapped(content, targetKnows, sourceKnows, 0)) own.push(content)
    else foreign.push(unknown.subarray(start, reader.position))
  }
  const writer = new WireWriter(unknown.length + 16)
  if (foreign.length > 0) writer.bytesAlways(foreignFieldsNumber, Buffer.concat(foreign))
  for (const fields of own) writer.raw(fields)
  return writer.finish()
}

/** Goes behind one field; its content when it has the number and type of a wrapper. */
function readWrapper(reader: WireReader): Uint8Array | undefined {
  const tag = reader.tag()
  if (tag === wrapperTag) return reader.slice()
  reader.skip(tag)
  return undefined
}

/**
 * True when these bytes may stand bare among the target's fields: they are whole fields, none of
 * which the target knows (or a client could overwrite a span's id from inside a wrapper), and none
 * of which would be unwrapped on the way back.
 */
function isWrapped(
  content: Uint8Array,
  targetKnows: number,
  sourceKnows: number,
  depth: number,
): boolean {
  if (content.length === 0 || depth > wrappersMax) return false
  const reader = new WireReader(content)
  try {
    while (reader.more()) {
      const at = reader.position
      const tag = reader.tag()
      if (tag >>> 3 <= targetKnows) return false
      reader.position = at
      const inner = readWrapper(reader)
      if (inner !== undefined && isWrapped(inner, sourceKnows, targetKnows, depth + 1)) return false
    }
    return true
  } catch {
    // Not fields, so not something that was wrapped: it stays the value of an unknown field.
    return false
  }
}

const wrapperTag = ((foreignFieldsNumber << 3) | WireType.bytes) >>> 0

/** Wrappers inside wrappers that are looked into; only a forger makes more than two. */
const wrappersMax = 8
