import { escapedText } from '../repair/escaped-text.ts'
import type { WireReader } from '../wire/reader.ts'

/**
 * Reads the strings of one request.
 *
 * Tags repeat their keys and many of their values in every span, so short ASCII strings are kept in
 * a table of fixed size and found again by their bytes: this is several times as fast as asking the
 * runtime for a new string, and equal keys become one string.
 */
export class TextReader {
  /** True once a text was no UTF-8; whoever asks sets it back before. */
  sawInvalid = false
  readonly #buffer: Buffer
  readonly #hashes = new Int32Array(slots)
  readonly #texts: string[] = new Array(slots).fill('')

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The next field's value; as `escapedText` where it is no UTF-8. */
  read(reader: WireReader): string {
    const length = reader.length()
    const start = reader.position
    const end = start + length
    reader.position = end
    return length <= shortMax ? this.#short(start, end) : this.#long(start, end)
  }

  #short(start: number, end: number): string {
    const buffer = this.#buffer
    let hash = end - start
    let bits = 0
    for (let at = start; at < end; at++) {
      const byte = buffer[at] as number
      hash = (Math.imul(hash, 31) + byte) | 0
      bits |= byte
    }
    if (bits > 0x7f) return this.#long(start, end)
    const slot = (hash ^ (hash >>> 15)) & (slots - 1)
    const known = this.#texts[slot] as string
    if (this.#hashes[slot] === hash && this.#isSame(known, start, end)) return known
    const text = buffer.toString('latin1', start, end)
    this.#hashes[slot] = hash
    this.#texts[slot] = text
    return text
  }

  #isSame(known: string, start: number, end: number): boolean {
    if (known.length !== end - start) return false
    for (let at = start; at < end; at++) {
      if (known.charCodeAt(at - start) !== this.#buffer[at]) return false
    }
    return true
  }

  #long(start: number, end: number): string {
    const text = escapedText(this.#buffer.subarray(start, end))
    if (!text.isWellFormed()) this.sawInvalid = true
    return text
  }
}

/** Longest string that is looked for in the table. */
const shortMax = 48
/** Entries of the table; a power of two. */
const slots = 1024
