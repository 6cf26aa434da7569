import { isZeroText } from './hex-id.ts'
import type { LossReason } from './loss.ts'

/** What a traceparent says. */
export interface Traceparent {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
  readonly isRandom: boolean
  /** Number of flags that are set and have no meaning. */
  readonly reservedFlags: number
}

const sampledFlag = 1
const randomFlag = 2
/** Versions to come may be longer, but no version is this long. */
const lengthMax = 512
const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s

/**
 * Reads a traceparent:
 *
 *     version "-" trace-id "-" parent-id "-" trace-flags
 *     2        3  32       35  16        52  2             digits, from which character
 *
 * Digits are lower-case. Version 00 ends there; later ones may go on after a dash, and of their
 * flags only `sampled` has a meaning. Version ff is forbidden, and so are ids of zeros. Spaces and
 * tabs around it do not count.
 *
 * Source: W3C Trace Context Level 2, Traceparent Header, Versioning of traceparent.
 */
export function parseTraceparent(text: string): Traceparent | { readonly reason: LossReason } {
  if (text.length > lengthMax) return { reason: 'malformed' }
  const [, version, traceId, spanId, flagDigits, rest] = shape.exec(trimOws(text)) ?? []
  if (traceId === undefined || spanId === undefined) return { reason: 'malformed' }
  if (version === 'ff') return { reason: 'forbidden_version' }
  if (version === '00' && rest !== undefined) return { reason: 'malformed' }
  if (isZeroText(traceId) || isZeroText(spanId)) return { reason: 'zero_id' }
  const flags = Number.parseInt(flagDigits ?? '0', 16)
  const known = version === '00' ? sampledFlag | randomFlag : sampledFlag
  return {
    traceId,
    spanId,
    isSampled: (flags & sampledFlag) !== 0,
    isRandom: (flags & known & randomFlag) !== 0,
    reservedFlags: bitCount(flags & ~known),
  }
}

/** Writes a traceparent of version 00. The ids are as in `SpanReference`. */
export function formatTraceparent(
  parts: Pick<Traceparent, 'traceId' | 'spanId' | 'isSampled' | 'isRandom'>,
): string {
  const flags = (parts.isSampled ? sampledFlag : 0) | (parts.isRandom ? randomFlag : 0)
  return `00-${parts.traceId}-${parts.spanId}-0${flags}`
}

/** Without the spaces and tabs around it. */
export function trimOws(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isOws(text[start])) start++
  while (end > start && isOws(text[end - 1])) end--
  return text.slice(start, end)
}

function isOws(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** How many bits of a byte are set. */
export function bitCount(byte: number): number {
  let count = 0
  for (let bits = byte & 0xff; bits > 0; bits >>= 1) count += bits & 1
  return count
}
