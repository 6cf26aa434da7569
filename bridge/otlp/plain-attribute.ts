import { twoByteLength } from '../wire/reader.ts'

/** Tags of the members of an AnyValue that are one scalar. */
export const ScalarTag = {
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  bytes: 0x3a,
} as const

/**
 * Where the parts of an attribute lie that is written as encoders write most: its key, then one scalar,
 * lengths in as few bytes as they need. Used again for every attribute.
 *
 *   0x0a key-length key  0x12 value-length  0x0a text-length text
 *                                           0x10 0 or 1
 *                                           0x18 varint
 *                                           0x21 8 bytes
 *                                           0x3a length bytes
 */
export class PlainAttribute {
  key = 0
  keyEnd = 0
  /** One of `ScalarTag`. */
  tag = 0
  /** Of what the scalar is, without its length. */
  value = 0
  valueEnd = 0

  /**
   * Finds the parts of the KeyValue whose body is `bytes[start..end)`.
   *
   * @returns false for any other, of which nothing is known then
   */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 6 || bytes[start] !== 0x0a) return false
    const keyLength = bytes[start + 1] as number
    const key = start + 2
    const keyEnd = key + keyLength
    if (keyLength >= 0x80 || keyEnd + 4 > end || bytes[keyEnd] !== 0x12) return false
    let at = keyEnd + 1
    let length = bytes[at++] as number
    if (length >= 0x80) length = twoByteLength(length, bytes[at++] as number)
    // The value's message must reach to the end.
    if (at + length !== end) return false
    this.key = key
    this.keyEnd = keyEnd
    return this.#findValue(bytes, at, end)
  }

  #findValue(bytes: Uint8Array, start: number, end: number): boolean {
    const tag = bytes[start] as number
    let at = start + 1
    if (tag === ScalarTag.string || tag === ScalarTag.bytes) {
      let length = bytes[at++] as number
      if (length >= 0x80) length = twoByteLength(length, bytes[at++] as number)
      if (at + length !== end) return false
    } else if (tag === ScalarTag.bool) {
      if (at + 1 !== end || (bytes[at] as number) > 1) return false
    } else if (tag === ScalarTag.int) {
      if (!isOneVarint(bytes, at, end)) return false
    } else if (tag !== ScalarTag.double || at + 8 !== end) return false
    this.tag = tag
    this.value = at
    this.valueEnd = end
    return true
  }
}

/** A varint in as few bytes as it can be written that are exact in a double; -1 for a longer one. */
export function shortWhole(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > shortWholeBytes) return -1
  let value = 0
  for (let at = end - 1; at >= start; at--) value = value * 0x80 + ((bytes[at] as number) & 0x7f)
  return value
}

/** 49 bits. */
const shortWholeBytes = 7

/** Whether one varint reaches to the end. */
function isOneVarint(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] as number) >= 0x80) at++
  return at === end - 1
}
