import { shortVarint } from '../wire/short-varint.ts'
import { varintLength } from '../wire/writer.ts'
import { Places } from './span-fields.ts'

/**
 * Where the fields of a Link lie. Only for those of a batch, which were checked. Used again for every
 * link.
 *
 *   1 trace_id bytes, 2 span_id bytes, 3 trace_state string, 4 attributes,
 *   5 dropped_attributes_count uint32, 6 flags fixed32
 */
export class LinkFields {
  readonly attributes = new Places()
  /** Each ends where it starts when it is empty. */
  traceId = 0
  traceIdEnd = 0
  spanId = 0
  spanIdEnd = 0
  traceState = 0
  traceStateEnd = 0
  droppedAttributesCount = 0
  flags = 0

  /**
   * Finds the fields of the Link whose body is `bytes[start..end)`.
   *
   * @returns false for one that is written as hardly any encoder writes it
   */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    this.#clear()
    let at = start
    while (at < end) {
      const tag = bytes[at++] as number
      if (tag === 0x35) {
        this.flags = view.getUint32(at, true)
        at += 4
        continue
      }
      const value = shortVarint(bytes, at)
      if (value < 0) return false
      at += varintLength(value)
      if (tag === 0x28) {
        this.droppedAttributesCount = value
        continue
      }
      if (!this.#noteSlice(tag, at, at + value)) return false
      at += value
    }
    return at === end
  }

  #noteSlice(tag: number, start: number, end: number): boolean {
    switch (tag) {
      case 0x0a:
        this.traceId = start
        this.traceIdEnd = end
        return true
      case 0x12:
        this.spanId = start
        this.spanIdEnd = end
        return true
      case 0x1a:
        this.traceState = start
        this.traceStateEnd = end
        return true
      case 0x22:
        this.attributes.add(start, end)
        return true
      default:
        return false
    }
  }

  #clear(): void {
    this.attributes.count = 0
    this.traceId = 0
    this.traceIdEnd = 0
    this.spanId = 0
    this.spanIdEnd = 0
    this.traceState = 0
    this.traceStateEnd = 0
    this.droppedAttributesCount = 0
    this.flags = 0
  }
}
