/**
 * Hashes of what spans are searched by: 32 bits for each attribute key, for each attribute value and
 * for each span name. Equal things have equal hashes wherever they are computed, so a store that has
 * no span with the hash need not look at its bytes; a hash that is there proves nothing.
 *
 * A value counts by its text form (bridge/model/double-text.ts, src/search/text-form.ts), so that 200
 * and "200" are found alike. The numbers are stored in files: a change of this file is a change of
 * the block format (docs/blocks.md).
 */

/** Where a term is looked for; the numbers are in stored hashes. */
export const TermLevel = {
  span: 1,
  resource: 2,
  scope: 3,
  event: 4,
  link: 5,
  /** The name of the span. */
  name: 6,
  /** The name of the service. */
  service: 7,
} as const

/** The state before the first byte of a key. */
export function levelState(level: number): number {
  return Math.imul(level, 0x9e37_79b1)
}

/** Bits that were set in any byte of the last `absorbView`: below 0x80 in all of them for ASCII. */
export let seenBits = 0

/**
 * Goes on with bytes from `start` to `end`, four at a time: the same bytes in two calls are not the
 * same as in one. The length counts, so that a key and its value cannot run into each other.
 *
 * A view, because it reads four bytes in one instruction; who has many texts in one array makes it
 * once.
 */
export function absorbView(state: number, view: DataView, start: number, end: number): number {
  let hash = state
  let bits = 0
  let at = start
  for (const last = end - 3; at < last; at += 4) {
    const word = view.getInt32(at, true)
    bits |= word
    hash = Math.imul(hash ^ word, 0x85eb_ca6b)
    hash ^= hash >>> 15
  }
  let rest = 0
  for (; at < end; at++) rest = (rest << 8) | view.getUint8(at)
  seenBits = bits | rest
  hash = Math.imul(hash ^ rest, 0xc2b2_ae35)
  return (hash ^ (hash >>> 13)) + Math.imul(end - start, 0x27d4_eb2f)
}

/** `absorbView` for bytes that have no view. */
export function absorb(state: number, bytes: Uint8Array, start: number, end: number): number {
  // Of nothing no view is made: a request may have very many empty texts.
  if (start === end) return absorbView(state, noView, 0, 0)
  return absorbView(state, viewOf(bytes), start, end)
}

const noView = new DataView(new ArrayBuffer(0))

/** A view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The hash of everything that was absorbed, unsigned. */
export function finishHash(state: number): number {
  let hash = state ^ (state >>> 16)
  hash = Math.imul(hash, 0x7feb_352d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x846c_a68b)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The hash of a whole text at a level: of a span's or a service's name. */
export function textHash(level: number, bytes: Uint8Array, start: number, end: number): number {
  return finishHash(absorb(levelState(level), bytes, start, end))
}

/** The hash that says that an attribute of this key is there. */
export function attributeKeyHash(level: number, key: string): number {
  const bytes = Buffer.from(key)
  return textHash(level, bytes, 0, bytes.length)
}

/**
 * The hashes that say that an attribute has a value of one of these text forms, at each of the levels.
 * Costs little for a thousand of them.
 */
export function attributeValueHashes(
  levels: readonly number[],
  key: string,
  texts: Iterable<string>,
): number[] {
  const keyBytes = Buffer.from(key)
  const states = levels.map((level) => absorb(levelState(level), keyBytes, 0, keyBytes.length))
  const hashes: number[] = []
  for (const text of texts) {
    const bytes = Buffer.from(text)
    const view = viewOf(bytes)
    for (const state of states) hashes.push(finishHash(absorbView(state, view, 0, bytes.length)))
  }
  return hashes
}
