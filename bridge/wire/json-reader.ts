import { unescapeJson } from './json-escapes.ts'
import { WireError } from './wire-error.ts'

/** Bytes that JSON is made of. */
export const JsonByte = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  f: 0x66,
  n: 0x6e,
  t: 0x74,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const

/** Values that are skipped may nest this deep. */
const skippedDepthMax = 1000
/** A span that is refused may nest this deep: it is read over so that the others are kept. */
export const badSpanDepthMax = 1_000_000

/**
 * Reads JSON from its bytes, one token after the other, and makes no objects: what it costs follows
 * from the length of the text, whatever it holds, and numbers stay as they are written. Strings are
 * not checked to be UTF-8.
 *
 * Every method throws WireError 'bad_json' for text that is not JSON, 'truncated' where it ends too early.
 *
 * Source: RFC 8259.
 */
export class JsonReader {
  readonly bytes: Buffer
  /** Where the next token, or the white space before it, begins. */
  at = 0
  /** The text that `string` or `number` read: `text[textStart..textEnd)`. */
  text: Buffer
  textStart = 0
  textEnd = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.text = this.bytes
  }

  /** The first byte of the next token, which stays; -1 at the end. */
  peek(): number {
    const { bytes } = this
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at] as number
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
    }
    return -1
  }

  /** Goes into the object or array that begins here. @returns false when it is empty, and over */
  enter(close: number): boolean {
    this.at += 1
    if (this.peek() !== close) return true
    this.at += 1
    return false
  }

  /** After a member or an element: @returns whether another one follows */
  more(close: number): boolean {
    const byte = this.peek()
    if (byte !== JsonByte.comma && byte !== close) {
      this.#fail(`"," or "${String.fromCharCode(close)}"`)
    }
    this.at += 1
    return byte === JsonByte.comma
  }

  /** Reads a member's name into `text`, and the colon. */
  key(): void {
    if (this.peek() !== JsonByte.quote) this.#fail('a name in quotes')
    this.string()
    if (this.peek() !== JsonByte.colon) this.#fail('":"')
    this.at += 1
  }

  /** Reads the string that begins here into `text`, without its escapes. */
  string(): void {
    const { bytes } = this
    const start = this.at + 1
    let hasEscapes = false
    let at = start
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (byte === JsonByte.quote) {
        this.at = at + 1
        this.text = hasEscapes ? unescapeJson(bytes, start, at) : bytes
        this.textStart = hasEscapes ? 0 : start
        this.textEnd = hasEscapes ? this.text.length : at
        return
      }
      if (byte === JsonByte.backslash) {
        hasEscapes = true
        at += 1
      } else if (byte < 0x20) {
        this.at = at
        this.#fail('no control character in a string')
      }
    }
    this.at = bytes.length
    this.#fail('the end of a string')
  }

  /** Reads the number that begins here into `text`. */
  number(): void {
    this.text = this.bytes
    this.textStart = this.at
    if (this.bytes[this.at] === JsonByte.minus) this.at += 1
    if (this.bytes[this.at] === 0x30) this.at += 1
    else this.#digits()
    if (this.bytes[this.at] === 0x2e) {
      this.at += 1
      this.#digits()
    }
    if (((this.bytes[this.at] ?? 0) | 0x20) === 0x65) {
      this.at += 1
      const sign = this.bytes[this.at]
      if (sign === 0x2b || sign === JsonByte.minus) this.at += 1
      this.#digits()
    }
    this.textEnd = this.at
  }

  /** Reads `true`, `false` or `null`, whichever begins here. @returns its first byte */
  literal(): number {
    const first = this.peek()
    const word = first === JsonByte.t ? 'true' : first === JsonByte.f ? 'false' : 'null'
    const { at } = this
    if (this.bytes.toString('latin1', at, at + word.length) !== word) this.#fail('a value')
    this.at += word.length
    return first
  }

  /**
   * Reads over any value.
   *
   * @param depthMax levels that it may have; each takes a number of memory
   * @throws WireError 'too_deep' beyond
   */
  skip(depthMax = skippedDepthMax): void {
    const closing: number[] = []
    for (;;) {
      const close = this.#skipOne()
      if (close > 0) {
        if (closing.push(close) > depthMax) {
          throw new WireError('too_deep', `Cannot read JSON: over ${depthMax} levels`, this.at)
        }
      } else {
        // Every value that ends may be the last of what it is in.
        let last = closing.at(-1)
        while (last !== undefined && !this.more(last)) {
          closing.pop()
          last = closing.at(-1)
        }
        if (last === undefined) return
      }
      if (closing.at(-1) === JsonByte.closeObject) this.key()
    }
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.peek() !== -1) this.#fail('the end')
  }

  /** The text that was read, of bytes that are ASCII where it matters. */
  latin1(): string {
    return this.text.toString('latin1', this.textStart, this.textEnd)
  }

  /** Skips a value; of one that holds others, only its beginning. @returns how it will end, or 0 */
  #skipOne(): number {
    const byte = this.peek()
    if (byte === JsonByte.quote) this.string()
    else if (byte === JsonByte.minus || (byte >= 0x30 && byte <= 0x39)) this.number()
    else if (byte === JsonByte.openObject || byte === JsonByte.openArray) {
      const close = byte + 2
      return this.enter(close) ? close : 0
    } else this.literal()
    return 0
  }

  #digits(): void {
    const start = this.at
    for (;;) {
      const byte = this.bytes[this.at] ?? 0
      if (byte < 0x30 || byte > 0x39) break
      this.at += 1
    }
    if (this.at === start) this.#fail('a digit')
  }

  #fail(expected: string): never {
    const isOver = this.at >= this.bytes.length
    const state = isOver ? `it ends where ${expected} is expected` : `${expected} is expected`
    throw new WireError(isOver ? 'truncated' : 'bad_json', `Cannot read JSON: ${state}`, this.at)
  }
}
