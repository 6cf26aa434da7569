import { JsonByte } from '../../../bridge/wire/json-reader.ts'

/**
 * Looks for the end of a JSON value in bytes that grow. It knows brackets and strings only: what they
 * hold is checked by whoever reads the value.
 */
export class JsonValueEnd {
  /** Behind the bytes that were looked at. */
  seen: number
  #depth = 0
  #isInString = false
  #isEscaped = false
  #isFirst = true
  #isScalar = false

  /** @param start where the value begins */
  constructor(start: number) {
    this.seen = start
  }

  /** Whether the value is a number or a word, which may end with the file. */
  get isScalar(): boolean {
    return this.#isScalar
  }

  /** The position behind the value; -1 when its end is not among the bytes. */
  find(bytes: Uint8Array): number {
    let at = this.seen
    if (this.#isFirst && at < bytes.length) {
      this.#isFirst = false
      const first = bytes[at]
      this.#isScalar =
        first !== JsonByte.quote && first !== JsonByte.openObject && first !== JsonByte.openArray
    }
    // Locals: this loop looks at every byte of a file.
    let depth = this.#depth
    let isInString = this.#isInString
    let isEscaped = this.#isEscaped
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === JsonByte.backslash) isEscaped = true
        else if (byte === JsonByte.quote) {
          isInString = false
          if (depth === 0) return at + 1
        }
      } else if (this.#isScalar) {
        if (endsScalar(byte)) return at
      } else if (byte === JsonByte.quote) isInString = true
      else if (byte === JsonByte.openObject || byte === JsonByte.openArray) depth += 1
      else if (byte === JsonByte.closeObject || byte === JsonByte.closeArray) {
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    this.#depth = depth
    this.#isInString = isInString
    this.#isEscaped = isEscaped
    this.seen = at
    return -1
  }
}

function endsScalar(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === JsonByte.comma ||
    byte === JsonByte.colon ||
    byte === JsonByte.closeObject ||
    byte === JsonByte.closeArray
  )
}
