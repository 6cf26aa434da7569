import { shortVarint } from '../wire/short-varint.ts'
import { varintLength } from '../wire/writer.ts'

/** Places of messages of one kind: where the body of each starts and ends. */
export class Places {
  count = 0
  #numbers = new Uint32Array(64)

  add(start: number, end: number): void {
    const at = this.count * 2
    if (at === this.#numbers.length) {
      const grown = new Uint32Array(at * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[at] = start
    this.#numbers[at + 1] = end
    this.count += 1
  }

  start(index: number): number {
    return this.#numbers[index * 2] as number
  }

  end(index: number): number {
    return this.#numbers[index * 2 + 1] as number
  }
}

/**
 * Where the fields of a Span lie that the index of a batch does not have. Only for the bodies of a batch,
 * which were checked. Used again for every span.
 */
export class SpanFields {
  readonly attributes = new Places()
  readonly events = new Places()
  readonly links = new Places()
  /** Ends where it starts when it is empty. */
  traceState = 0
  traceStateEnd = 0
  hasStatus = false
  status = 0
  statusEnd = 0
  flags = 0
  droppedAttributesCount = 0
  droppedEventsCount = 0
  droppedLinksCount = 0
  /** Nanoseconds since the epoch as halves of 32 bits. */
  startLow = 0
  startHigh = 0
  endLow = 0
  endHigh = 0

  /**
   * Finds the fields of the Span whose body is `bytes[start..end)`.
   *
   * @returns false for one that is written as hardly any encoder writes it: with padded numbers, two
   * statuses, or fields that are not known
   */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    this.#clear()
    let at = start
    while (at < end) {
      const tag = bytes[at++] as number
      if (tag === 0x39) {
        this.startLow = view.getUint32(at, true)
        this.startHigh = view.getUint32(at + 4, true)
        at += 8
      } else if (tag === 0x41) {
        this.endLow = view.getUint32(at, true)
        this.endHigh = view.getUint32(at + 4, true)
        at += 8
      } else if (tag === flagsTag) {
        if (bytes[at] !== flagsTagEnd) return false
        this.flags = view.getUint32(at + 1, true)
        at += 5
      } else {
        const value = shortVarint(bytes, at)
        if (value < 0) return false
        at += varintLength(value)
        if ((tag & 7) === 0) {
          if (!this.#noteNumber(tag, value)) return false
        } else {
          if (!this.#noteSlice(tag, at, at + value)) return false
          at += value
        }
      }
    }
    return at === end
  }

  #noteNumber(tag: number, value: number): boolean {
    if (tag === 0x50) this.droppedAttributesCount = value
    else if (tag === 0x60) this.droppedEventsCount = value
    else if (tag === 0x70) this.droppedLinksCount = value
    else return tag === 0x30
    return true
  }

  #noteSlice(tag: number, start: number, end: number): boolean {
    switch (tag) {
      case 0x4a:
        this.attributes.add(start, end)
        return true
      case 0x5a:
        this.events.add(start, end)
        return true
      case 0x6a:
        this.links.add(start, end)
        return true
      case 0x1a:
        this.traceState = start
        this.traceStateEnd = end
        return true
      case 0x7a:
        if (this.hasStatus) return false
        this.hasStatus = true
        this.status = start
        this.statusEnd = end
        return true
      default:
        // The index has the others: ids and the name.
        return tag === 0x0a || tag === 0x12 || tag === 0x22 || tag === 0x2a
    }
  }

  #clear(): void {
    this.attributes.count = 0
    this.events.count = 0
    this.links.count = 0
    this.traceState = 0
    this.traceStateEnd = 0
    this.hasStatus = false
    this.status = 0
    this.statusEnd = 0
    this.flags = 0
    this.droppedAttributesCount = 0
    this.droppedEventsCount = 0
    this.droppedLinksCount = 0
    this.startLow = 0
    this.startHigh = 0
    this.endLow = 0
    this.endHigh = 0
  }
}

/** Field 16, fixed32, whose tag takes two bytes. */
const flagsTag = 0x85
const flagsTagEnd = 0x01
