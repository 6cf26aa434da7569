import { isUtf8 } from 'node:buffer'
import { hexOf } from '../model/identifier.ts'
import { absorb, absorbView, levelState, seenBits } from '../model/term-hash.ts'
import { twoByteLength, WireReader } from '../wire/reader.ts'
import type { Scan } from './scan.ts'
import { scanKeyValue } from './scan-value.ts'
import type { TermList } from './term-list.ts'

/**
 * Checks an attribute, a length-delimited KeyValue, and goes behind it; with a list of terms in the
 * scan, notes its key and its values.
 *
 * What encoders write, key then one short scalar, is checked and hashed in one go. Everything else
 * is checked by `scanKeyValue`, and then read once more for its terms.
 *
 * @param depth nesting of the KeyValue itself
 * @param level where the attribute is, of `TermLevel`
 */
export function scanAttribute(
  scan: Scan,
  start: number,
  limit: number,
  depth: number,
  level: number,
): number {
  if (depth < scan.nestingMax && scan.items < scan.itemsMax) {
    const end = scanPlain(scan, start, limit, level)
    if (end >= 0) {
      scan.items += 1
      return end
    }
  }
  const end = scanKeyValue(scan, start, limit, depth)
  if (end >= 0 && scan.terms !== undefined) addTerms(scan.terms, scan.bytes, start, end, level)
  return end
}

/**
 *   length  0x0a key-length key  0x12 value-length  0x0a text-length text
 *                                                   0x10 0 or 1
 *                                                   0x18 varint of at most 4 bytes
 *                                                   0x21 8 bytes
 *
 * Lengths take as few bytes as they can, at most two; that of the key one.
 *
 * @returns the end, or -1 for anything else, with nothing noted
 */
function scanPlain(scan: Scan, start: number, limit: number, level: number): number {
  const { bytes } = scan
  let at = start
  let length = bytes[at++] as number
  if (length >= 0x80) {
    length = twoByteLength(length, bytes[at++] as number)
    if (length < 0) return -1
  }
  const end = at + length
  if (length < 6 || end > limit || bytes[at] !== 0x0a) return -1
  const key = at + 2
  const keyEnd = key + (bytes[at + 1] as number)
  if ((bytes[at + 1] as number) >= 0x80 || keyEnd + 4 > end || bytes[keyEnd] !== 0x12) return -1
  at = keyEnd + 1
  length = bytes[at++] as number
  if (length >= 0x80) length = twoByteLength(length, bytes[at++] as number)
  // The value's message must reach to the end.
  if (at + length !== end) return -1
  const tag = bytes[at++] as number
  if (tag === 0x0a) {
    length = bytes[at++] as number
    if (length >= 0x80) length = twoByteLength(length, bytes[at++] as number)
    return at + length === end ? textPair(scan, key, keyEnd, at, end, level) : -1
  }
  const { terms } = scan
  if (tag === 0x10) {
    const flag = bytes[at] as number
    if (at + 1 !== end || flag > 1) return -1
    const state = keyState(scan, key, keyEnd, level)
    if (terms !== undefined) terms.addBool(state, flag === 1)
    return end
  }
  if (tag === 0x18) {
    const whole = shortVarint(bytes, at, end)
    if (whole < 0) return -1
    const state = keyState(scan, key, keyEnd, level)
    if (terms !== undefined) terms.addWhole(state, whole)
    return end
  }
  if (tag !== 0x21 || at + 8 !== end) return -1
  const state = keyState(scan, key, keyEnd, level)
  if (terms !== undefined) terms.addDouble(state, scan.view.getFloat64(at, true))
  return end
}

function textPair(
  scan: Scan,
  key: number,
  keyEnd: number,
  text: number,
  end: number,
  level: number,
): number {
  const { bytes, view, terms } = scan
  const state = keyState(scan, key, keyEnd, level)
  const value = absorbView(state, view, text, end)
  if ((seenBits & nonAscii) !== 0 && !isUtf8(bytes.subarray(text, end))) scan.hasBadText = true
  if (terms !== undefined) terms.addValue(value)
  return end
}

/** The state behind the key, which is noted. */
function keyState(scan: Scan, key: number, keyEnd: number, level: number): number {
  const { bytes, view, terms } = scan
  const state = absorbView(levelState(level), view, key, keyEnd)
  if ((seenBits & nonAscii) !== 0 && !isUtf8(bytes.subarray(key, keyEnd))) scan.hasBadText = true
  if (terms !== undefined) terms.addKey(state)
  return state
}

const nonAscii = 0x8080_8080 | 0

/** A varint that takes all bytes up to `end`, at most four; -1 for any other. */
function shortVarint(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 4) return -1
  let value = 0
  let shift = 0
  for (let at = start; at < end - 1; at++) {
    const byte = bytes[at] as number
    if (byte < 0x80) return -1
    value |= (byte & 0x7f) << shift
    shift += 7
  }
  const last = bytes[end - 1] as number
  return last < 0x80 ? value | (last << shift) : -1
}

/** Notes the terms of a checked KeyValue. The last key counts, every value is noted. */
function addTerms(
  terms: TermList,
  bytes: Uint8Array,
  start: number,
  end: number,
  level: number,
): void {
  if (end - start === 1) {
    // Nothing but its length: an empty key, and no value.
    const key = absorb(levelState(level), bytes, 0, 0)
    terms.addKey(key)
    terms.addValue(absorb(key, bytes, 0, 0))
    return
  }
  const reader = new WireReader(bytes, start, end)
  reader.length()
  const first = reader.position
  let state = levelState(level)
  let hasKey = false
  while (reader.more()) {
    const tag = reader.tag()
    if (tag !== 0x0a) {
      reader.skip(tag)
      continue
    }
    const key = reader.slice()
    state = absorb(levelState(level), key, 0, key.length)
    hasKey = true
  }
  if (!hasKey) state = absorb(state, bytes, 0, 0)
  terms.addKey(state)
  let hasValue = false
  reader.position = first
  while (reader.more()) {
    const tag = reader.tag()
    if (tag !== 0x12) {
      reader.skip(tag)
      continue
    }
    hasValue = true
    addValue(terms, state, reader.slice())
  }
  if (!hasValue) terms.addValue(absorb(state, bytes, 0, 0))
}

/** Every scalar of an AnyValue, those of arrays too; a map has none, nothing set is the empty text. */
function addValue(terms: TermList, key: number, value: Uint8Array): void {
  if (value.length === 0) {
    terms.addText(key, '')
    return
  }
  const reader = new WireReader(value)
  let isSet = false
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 < 8) isSet = true
    switch (tag) {
      case 0x0a: {
        const text = reader.slice()
        terms.addValue(absorb(key, text, 0, text.length))
        break
      }
      case 0x10:
        terms.addBool(key, reader.bool())
        break
      case 0x18:
        terms.addText(key, reader.int64().toString())
        break
      case 0x21:
        terms.addDouble(key, reader.double())
        break
      case 0x2a:
        addElements(terms, key, reader.slice())
        break
      case 0x3a:
        terms.addText(key, hexOf(reader.slice()))
        break
      default:
        reader.skip(tag)
    }
  }
  if (!isSet) terms.addText(key, '')
}

/** ArrayValue: 1 values repeated AnyValue. */
function addElements(terms: TermList, key: number, list: Uint8Array): void {
  const reader = new WireReader(list)
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) addValue(terms, key, reader.slice())
    else reader.skip(tag)
  }
}
