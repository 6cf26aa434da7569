import { shortVarint } from '../wire/short-varint.ts'
import { varintLength } from '../wire/writer.ts'
import { Places } from './span-fields.ts'

/**
 * Where the fields of an Event lie. Only for those of a batch, which were checked. Used again for every
 * event.
 *
 *   1 time_unix_nano fixed64, 2 name string, 3 attributes, 4 dropped_attributes_count uint32
 */
export class EventFields {
  readonly attributes = new Places()
  /** Nanoseconds since the epoch as halves of 32 bits. */
  timeLow = 0
  timeHigh = 0
  /** Ends where it starts when it is empty. */
  name = 0
  nameEnd = 0
  droppedAttributesCount = 0

  /**
   * Finds the fields of the Event whose body is `bytes[start..end)`.
   *
   * @returns false for one that is written as hardly any encoder writes it
   */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    this.attributes.count = 0
    this.timeLow = 0
    this.timeHigh = 0
    this.name = 0
    this.nameEnd = 0
    this.droppedAttributesCount = 0
    let at = start
    while (at < end) {
      const tag = bytes[at++] as number
      if (tag === 0x09) {
        this.timeLow = view.getUint32(at, true)
        this.timeHigh = view.getUint32(at + 4, true)
        at += 8
        continue
      }
      const value = shortVarint(bytes, at)
      if (value < 0) return false
      at += varintLength(value)
      if (tag === 0x20) {
        this.droppedAttributesCount = value
        continue
      }
      if (tag === 0x1a) this.attributes.add(at, at + value)
      else if (tag === 0x12) {
        this.name = at
        this.nameEnd = at + value
      } else return false
      at += value
    }
    return at === end
  }
}
