/**
 * JSON as it grows, in bytes: what is copied from a message to it never becomes a string on the way.
 *
 * Texts must be UTF-8, which nobody checks again. Escapes are those of `JSON.stringify`.
 */
export class JsonBytes {
  readonly #expectedBytes: number
  /** Another array once more is written than fits. */
  #bytes: Uint8Array = new Uint8Array(0)
  /** Bytes written since the last `take`. */
  size = 0

  /** @param expectedBytes what will be written up to a `take` */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes
  }

  /** What was written; starts again in other memory. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.size)
    this.#bytes = new Uint8Array(0)
    this.size = 0
    return taken
  }

  /** Forgets what was written behind so many bytes. */
  cut(size: number): void {
    this.size = size
  }

  /** Bytes of JSON as they are. */
  raw(json: Uint8Array): void {
    this.#reserve(json.length)
    this.size = copyShort(json, this.#bytes, this.size)
  }

  /** JSON that is a string. */
  text(json: string): void {
    this.#reserve(json.length * 3)
    const bytes = this.#bytes
    let at = this.size
    for (let index = 0; index < json.length; index++) {
      const unit = json.charCodeAt(index)
      if (unit >= 0x80) {
        this.size = at + Buffer.from(bytes.buffer, bytes.byteOffset).write(json.slice(index), at)
        return
      }
      bytes[at++] = unit
    }
    this.size = at
  }

  /** What is between the quotes of a text, from its UTF-8. */
  escaped(from: Uint8Array, start: number, end: number): void {
    if (end - start > shortTextBytes) {
      this.#escapedInRuns(from, start, end)
      return
    }
    this.#reserve((end - start) * longestEscape)
    const bytes = this.#bytes
    let at = this.size
    for (let index = start; index < end; index++) {
      const byte = from[index] as number
      if (isPlain(byte)) bytes[at++] = byte
      else at = putEscape(bytes, at, byte)
    }
    this.size = at
  }

  /** Lower-case hex, two digits a byte. */
  hex(from: Uint8Array, start: number, length: number): void {
    this.#reserve(length * 2)
    const bytes = this.#bytes
    let at = this.size
    for (let index = start; index < start + length; index++) {
      const byte = from[index] as number
      bytes[at++] = hexDigits[byte >>> 4] as number
      bytes[at++] = hexDigits[byte & 0xf] as number
    }
    this.size = at
  }

  /** A safe integer. */
  whole(value: number): void {
    this.#reserve(longestWhole)
    if (value < 0) this.#bytes[this.size++] = 0x2d
    const size = Math.abs(value)
    const high = Math.floor(size / 1e9)
    const low = size - high * 1e9
    if (high > 0) this.#digits(high, digitsOf(high))
    this.#digits(low, high > 0 ? 9 : digitsOf(low))
  }

  /** So many digits of a number below 10^9, zeros before it where it has fewer. */
  padded(value: number, count: number): void {
    this.#reserve(count)
    this.#digits(value, count)
  }

  #digits(value: number, count: number): void {
    const bytes = this.#bytes
    let rest = value | 0
    for (let at = this.size + count - 1; at >= this.size; at--) {
      const next = (rest / 10) | 0
      bytes[at] = 0x30 + rest - next * 10
      rest = next
    }
    this.size += count
  }

  /** Long texts have few escapes: what lies between two of them is copied at once. */
  #escapedInRuns(from: Uint8Array, start: number, end: number): void {
    let at = start
    while (at < end) {
      const run = at
      while (at < end && isPlain(from[at] as number)) at++
      this.#reserve(at - run + longestEscape)
      this.#bytes.set(from.subarray(run, at), this.size)
      this.size += at - run
      if (at < end) this.size = putEscape(this.#bytes, this.size, from[at++] as number)
    }
  }

  #reserve(length: number): void {
    const needed = this.size + length
    if (needed <= this.#bytes.length) return
    const grown = memoryOf(Math.max(needed, this.#bytes.length * 2, this.#expectedBytes))
    grown.set(this.#bytes.subarray(0, this.size))
    this.#bytes = grown
  }
}

/** JSON that is written often. */
export function jsonConstant(json: string): Uint8Array {
  return new Uint8Array(Buffer.from(json))
}

/** Of its own, so that nothing else is kept alive with it. */
function memoryOf(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length)
  return new Uint8Array(buffer, byteOffset, length)
}

/** A call out of the engine costs as much as this loop over some 100 bytes. */
function copyShort(from: Uint8Array, to: Uint8Array, start: number): number {
  const { length } = from
  if (length > shortTextBytes) to.set(from, start)
  else for (let index = 0; index < length; index++) to[start + index] = from[index] as number
  return start + length
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x22 && byte !== 0x5c
}

/** Source: RFC 8259 section 7; ECMA-262, QuoteJSONString. */
function putEscape(bytes: Uint8Array, start: number, byte: number): number {
  bytes[start] = 0x5c
  const letter = shortEscapes.get(byte)
  if (letter !== undefined) {
    bytes[start + 1] = letter
    return start + 2
  }
  bytes[start + 1] = 0x75
  bytes[start + 2] = 0x30
  bytes[start + 3] = 0x30
  bytes[start + 4] = hexDigits[byte >>> 4] as number
  bytes[start + 5] = hexDigits[byte & 0xf] as number
  return start + longestEscape
}

function digitsOf(value: number): number {
  let count = 1
  for (let bound = 10; count < 9 && value >= bound; bound *= 10) count++
  return count
}

const shortTextBytes = 96
const longestEscape = 6
/** A sign and 16 digits. */
const longestWhole = 17
const hexDigits = new Uint8Array(Buffer.from('0123456789abcdef'))
const shortEscapes: ReadonlyMap<number, number> = new Map(
  (['""', '\\\\', '\bb', '\ff', '\nn', '\rr', '\tt'] as const).map((pair) => {
    return [pair.charCodeAt(0), pair.charCodeAt(1)]
  }),
)
