import { WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { KeptBy } from './throughput.ts'

/** `KeyValue`: 1 key, 2 value (`AnyValue`: 1 text, 3 int, 4 double). `Span`: 9 attributes. */
const attributesField = 9

/**
 * What Jaeger's clients tell of a root span by `sampler.type` and `sampler.param`, and OpenTelemetry's remote sampler
 * for Go by `jaeger.sampler.type` and `jaeger.sampler.param`; undefined where it has neither, as with other SDKs of
 * OpenTelemetry.
 *
 * Source: opentelemetry-go-contrib, samplers/jaegerremote/sampler.go.
 *
 * @param bytes with the body of a Span message that has been checked, from `start` up to `end`
 */
export function readSamplerTags(bytes: Uint8Array, start: number, end: number): KeptBy | undefined {
  let type: string | undefined
  let param: number | undefined
  let at = start
  while (at < end) {
    let tag = bytes[at++] as number
    if (tag > 0x7f) {
      tag = varint(bytes, at - 1)
      at = behind
    }
    const wireType = tag & 7
    if (wireType === WireType.bytes) {
      let length = bytes[at++] as number
      if (length > 0x7f) {
        length = varint(bytes, at - 1)
        at = behind
      }
      const from = at
      at += length
      if (tag >>> 3 !== attributesField || !isSamplerKey(bytes, from)) continue
      const read = readAttribute(bytes, from, at)
      if (read === undefined) return undefined
      const { key, value } = read
      if (key.endsWith('sampler.type') && typeof value === 'string') type = value
      else if (key.endsWith('sampler.param') && value !== undefined) param = Number(value)
    } else if (wireType === WireType.varint) {
      varint(bytes, at)
      at = behind
    } else if (wireType === WireType.fixed64) at += 8
    else if (wireType === WireType.fixed32) at += 4
    // A group, which nobody sends.
    else return undefined
  }
  if (type === undefined) return undefined
  const isShare = type === 'probabilistic' && param !== undefined && param >= 0 && param <= 1
  return isShare ? { kind: 'share', probability: param as number } : { kind: 'other' }
}

/** Where the varint that was read last ends: most root spans have no such tag, and nothing is allocated to find that out. */
let behind = 0

/** The lower 32 bits of a varint. */
function varint(bytes: Uint8Array, start: number): number {
  let value = 0
  behind = start
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = bytes[behind++] as number
    if (shift < 32) value |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  return value >>> 0
}

/** What those keys are made of, behind 0x0a and their length. */
const keys = ['sampler.type', 'sampler.param', 'jaeger.sampler.type', 'jaeger.sampler.param'].map(
  (key) => Buffer.from(`\n${String.fromCharCode(key.length)}${key}`, 'latin1'),
)

/** A look at the first letter, so that other attributes cost next to nothing. */
function isSamplerKey(bytes: Uint8Array, start: number): boolean {
  const letter = bytes[start + 2]
  if (letter !== 0x73 && letter !== 0x6a) return false
  return keys.some((key) => isAt(bytes, start, key))
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at++) {
    if (bytes[start + at] !== wanted[at]) return false
  }
  return true
}

/** @returns undefined where it is no attribute: nobody has looked into it yet */
function readAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
): { key: string; value: string | number | undefined } | undefined {
  const reader = new WireReader(bytes, start, end)
  let key = ''
  let value: string | number | undefined
  try {
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 === 1) key = reader.string()
      else if (tag >>> 3 === 2) value = readValue(reader.slice())
      else reader.skip(tag)
    }
    return { key, value }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return undefined
  }
}

function readValue(bytes: Uint8Array): string | number | undefined {
  const reader = new WireReader(bytes)
  let value: string | number | undefined
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) value = reader.string()
    else if (tag >>> 3 === 3) value = Number(reader.int64())
    else if (tag >>> 3 === 4) value = reader.double()
    else reader.skip(tag)
  }
  return value
}
