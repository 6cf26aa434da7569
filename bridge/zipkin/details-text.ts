import type { KeyValue } from '../model/span.ts'
import { attributesOfText, countOfText } from './attributes-text.ts'

/** What stands behind the name of an event or the trace state of a link. */
export interface Details {
  /** Where the bar before it is, which ends what stands before. */
  readonly at: number
  readonly attributes: readonly KeyValue[]
  readonly dropped: number
}

/**
 * Finds `|{attributes}|dropped` at the end of a text whose beginning may have bars and braces of its own:
 * the first bar behind which there is nothing but one JSON object and a count. No bar before the right one
 * is such: JSON that begins before it would have to end within a string. One behind the first
 * `beginningsMax` that look like one is not found, as each costs an attempt.
 *
 * @param from where the bar may be at the earliest
 * @returns undefined for any other text
 */
export function findDetails(text: Uint8Array, from: number): Details | undefined {
  const end = text.length
  // Nearly all texts are names, so what is cheap is looked at first.
  if (end - from < detailsMin || !isDigit(text[end - 1] as number)) return undefined
  const last = text.lastIndexOf(bar)
  const dropped = countOfText(text, last + 1, end)
  if (dropped === undefined || text[last - 1] !== closeBrace) return undefined
  let beginnings = 0
  for (let at = text.indexOf(bar, from); at >= 0 && at < last; at = text.indexOf(bar, at + 1)) {
    if (text[at + 1] !== openBrace) continue
    const attributes = attributesOfText(text, at + 1, last)
    if (attributes !== undefined) return { at, attributes, dropped }
    beginnings += 1
    if (beginnings === beginningsMax) return undefined
  }
  return undefined
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

const beginningsMax = 64
/** `|{}|0` */
const detailsMin = 5
const bar = 0x7c
const openBrace = 0x7b
const closeBrace = 0x7d
