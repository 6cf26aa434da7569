import type { WireReader } from './reader.ts'

/**
 * Gathers the fields of one message that the reader does not know, verbatim with their tags and in
 * order, so that they can be written again.
 */
export class UnknownFields {
  readonly #slices: Uint8Array[] = []
  /** What was kept last lies in these bytes, from `#start` to `#end`; more may follow it. */
  #bytes: Uint8Array = nothing
  #start = 0
  #end = 0

  /** @param before what an earlier part of the same message left, when it came in several */
  constructor(before?: Uint8Array) {
    if (before !== undefined) this.#slices.push(before)
  }

  /**
   * Goes behind the field's value and keeps it.
   *
   * @param start offset of the field's tag
   * @param depth nesting of the message, where it is known; groups in it count on
   */
  keep(reader: WireReader, tag: number, start: number, depth = 0): void {
    reader.skip(tag, depth)
    if (reader.bytes !== this.#bytes || start !== this.#end) {
      this.#take()
      this.#bytes = reader.bytes
      this.#start = start
    }
    this.#end = reader.position
  }

  /** The kept bytes as a property to spread into a model object; nothing when there are none. */
  property(): { unknown?: Uint8Array } {
    const bytes = this.bytes()
    return bytes === undefined ? {} : { unknown: bytes }
  }

  /** The kept bytes, or undefined when there are none. */
  bytes(): Uint8Array | undefined {
    this.#take()
    if (this.#slices.length === 0) return undefined
    return new Uint8Array(Buffer.concat(this.#slices))
  }

  #take(): void {
    if (this.#end > this.#start) this.#slices.push(this.#bytes.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}

const nothing = new Uint8Array(0)
