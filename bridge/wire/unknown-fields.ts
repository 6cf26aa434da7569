import type { WireReader } from './reader.ts'

/**
 * Gathers the fields of one message that the reader does not know, verbatim with their tags and in
 * order, so that they can be written again.
 */
export class UnknownFields {
  readonly #slices: Uint8Array[] = []

  /**
   * Goes behind the field's value and keeps it.
   *
   * @param start offset of the field's tag
   */
  keep(reader: WireReader, tag: number, start: number): void {
    reader.skip(tag)
    this.#slices.push(reader.bytes.subarray(start, reader.position))
  }

  /** The kept bytes as a property to spread into a model object; nothing when there are none. */
  property(): { unknown?: Uint8Array } {
    const bytes = this.bytes()
    return bytes === undefined ? {} : { unknown: bytes }
  }

  /** The kept bytes, or undefined when there are none. */
  bytes(): Uint8Array | undefined {
    if (this.#slices.length === 0) return undefined
    return new Uint8Array(Buffer.concat(this.#slices))
  }
}
