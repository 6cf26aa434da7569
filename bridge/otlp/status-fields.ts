import { shortVarint } from '../wire/short-varint.ts'
import { varintLength } from '../wire/writer.ts'

/**
 * Where the message of a Status lies, and its code. Only for those of a batch, which were checked. Used again
 * for every span.
 *
 *   2 message string, 3 code enum
 */
export class StatusFields {
  /** Ends where it starts when it is empty. */
  message = 0
  messageEnd = 0
  code = 0

  /**
   * Finds the fields of the Status whose body is `bytes[start..end)`.
   *
   * @returns false for one that is written as hardly any encoder writes it
   */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    this.message = 0
    this.messageEnd = 0
    this.code = 0
    let at = start
    while (at < end) {
      const tag = bytes[at++] as number
      const value = shortVarint(bytes, at)
      if (value < 0) return false
      at += varintLength(value)
      if (tag === 0x18) this.code = value
      else if (tag === 0x12) {
        this.message = at
        this.messageEnd = at + value
        at += value
      } else return false
    }
    return at === end
  }
}
