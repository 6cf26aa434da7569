import { isSameAt, isZeroAt, spanIdLength, traceIdLength } from '../model/identifier.ts'

/** Bytes of a trace id and a span id, one behind the other. */
const entryLength = traceIdLength + spanIdLength
/** Length of a 64-bit trace id, the low half. */
const shortTraceIdLength = 8

/**
 * The ids of a span, entry 0, and of what it refers to, at their full length; what nobody sets is
 * all zero. Used again for every span.
 */
export class SpanIds {
  /** A trace id and a span id for each entry; another array once more come than fit. */
  bytes = new Uint8Array(8 * entryLength)
  /** How many entries there are. */
  count = 0

  /** Forgets all entries. */
  clear(): void {
    this.count = 0
    if (this.bytes.length > keptBytesMax) this.bytes = new Uint8Array(8 * entryLength)
  }

  /** Makes one more entry of zeros and gives its index. */
  add(): number {
    const at = this.count * entryLength
    if (at === this.bytes.length) {
      const grown = new Uint8Array(at * 2)
      grown.set(this.bytes)
      this.bytes = grown
    }
    for (let index = at; index < at + entryLength; index++) this.bytes[index] = 0
    return this.count++
  }

  /** Sets a trace id of 16 bytes, or of 8, which are the low half; false for any other length. */
  setTraceId(entry: number, from: Uint8Array, at: number, length: number): boolean {
    if (length !== traceIdLength && length !== shortTraceIdLength) return false
    const end = this.traceIdAt(entry) + traceIdLength
    for (let index = end - traceIdLength; index < end - length; index++) this.bytes[index] = 0
    for (let index = 0; index < length; index++) {
      this.bytes[end - length + index] = from[at + index] as number
    }
    return true
  }

  /** Sets a span id of 8 bytes; false for any other length. */
  setSpanId(entry: number, from: Uint8Array, at: number, length: number): boolean {
    if (length !== spanIdLength) return false
    const start = this.spanIdAt(entry)
    for (let index = 0; index < length; index++) {
      this.bytes[start + index] = from[at + index] as number
    }
    return true
  }

  /** Where the trace id of an entry begins. */
  traceIdAt(entry: number): number {
    return entry * entryLength
  }

  /** Where the span id of an entry begins. */
  spanIdAt(entry: number): number {
    return entry * entryLength + traceIdLength
  }

  /** True when every byte of the trace id is zero. */
  isZeroTrace(entry: number): boolean {
    return isZeroAt(this.bytes, this.traceIdAt(entry), traceIdLength)
  }

  /** True when every byte of the span id is zero. */
  isZeroSpan(entry: number): boolean {
    return isZeroAt(this.bytes, this.spanIdAt(entry), spanIdLength)
  }

  /** True when both have the same trace id. */
  isSameTrace(entry: number, other: number): boolean {
    return isSameAt(this.bytes, this.traceIdAt(entry), this.traceIdAt(other), traceIdLength)
  }

  /** True when both have the same span id. */
  isSameSpan(entry: number, other: number): boolean {
    return isSameAt(this.bytes, this.spanIdAt(entry), this.spanIdAt(other), spanIdLength)
  }
}

/** More than this is given back after an unusual span. */
const keptBytesMax = 1024 * entryLength
