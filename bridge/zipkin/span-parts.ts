import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { Rows } from '../wire/rows.ts'

/** Where a text lies: an offset into the request, or, below 0, the complement of one into `own`. */
export interface TextSlice {
  at: number
  length: number
}

/** What is noted of a tag. */
export const TagField = {
  key: 0,
  keyLength: 1,
  value: 2,
  valueLength: 3,
  /** 1 where the value is the body of an AnyValue, 0 where it is a text. */
  isTyped: 4,
} as const
/** How many numbers that is. */
export const tagStride = 5

/** What is noted of an annotation: its time, ns in two halves, and its text. */
export const AnnotationField = { timeLow: 0, timeHigh: 1, value: 2, valueLength: 3 } as const
/** How many numbers that is. */
export const annotationStride = 4

/** Who took part in a call; a text of no length and port 0 are unknown. */
export class EndpointParts {
  readonly serviceName: TextSlice = { at: 0, length: 0 }
  readonly ipv4: TextSlice = { at: 0, length: 0 }
  readonly ipv6: TextSlice = { at: 0, length: 0 }
  port = 0

  clear(): void {
    this.serviceName.length = 0
    this.ipv4.length = 0
    this.ipv6.length = 0
    this.port = 0
  }
}

/**
 * What a walk over one Zipkin span has found, whatever its encoding; used again for the next one, so
 * that no object is made for a span, a tag or an annotation.
 */
export class SpanParts {
  /** Trace id, span id and parent id, one behind the other, filled with zeros from the left. */
  readonly ids = new Uint8Array(parentIdAt + spanIdLength)
  /** Lengths for which these ids are taken; others than 16 and 8 are refused. */
  traceIdLength = 0
  spanIdLength = 0
  hasParent = false
  /** A `SpanKind`. */
  kind = 0
  /** µs since the epoch, 0 for unknown. */
  timestamp = 0
  /** µs. */
  duration = 0
  debug = false
  shared = false
  readonly name: TextSlice = { at: 0, length: 0 }
  readonly local = new EndpointParts()
  readonly remote = new EndpointParts()
  readonly tags = new Rows(tagStride)
  readonly annotations = new Rows(annotationStride)
  /** Fields that nobody knows, of all spans of the list. */
  skippedFields = 0
  /** Texts that do not lie in the request as they are. */
  own: Uint8Array = new Uint8Array(ownBytes)
  #ownSize = 0

  /** How many tags and annotations it has. */
  get itemCount(): number {
    return this.tags.count + this.annotations.count
  }

  /** Forgets the last span. */
  clear(): void {
    this.ids.fill(0)
    this.traceIdLength = 0
    this.spanIdLength = 0
    this.hasParent = false
    this.kind = 0
    this.timestamp = 0
    this.duration = 0
    this.debug = false
    this.shared = false
    this.name.length = 0
    this.local.clear()
    this.remote.clear()
    this.tags.clear()
    this.annotations.clear()
    this.#ownSize = 0
    if (this.own.length > keptBytesMax) this.own = new Uint8Array(ownBytes)
  }

  /** Keeps a text that is not in the request. @returns where it lies, for a `TextSlice` */
  keep(text: Uint8Array): number {
    const at = this.#ownSize
    const needed = at + text.length
    if (needed > this.own.length) {
      const grown = new Uint8Array(Math.max(needed, this.own.length * 2))
      grown.set(this.own.subarray(0, at))
      this.own = grown
    }
    this.own.set(text, at)
    this.#ownSize = needed
    return ~at
  }

  /** Notes a tag. */
  addTag(key: number, keyLength: number, value: number, valueLength: number, isTyped = 0): void {
    const at = this.tags.add()
    const { numbers } = this.tags
    numbers[at + TagField.key] = key
    numbers[at + TagField.keyLength] = keyLength
    numbers[at + TagField.value] = value
    numbers[at + TagField.valueLength] = valueLength
    numbers[at + TagField.isTyped] = isTyped
  }

  /** Notes an annotation. @param timestamp µs since the epoch */
  addAnnotation(timestamp: number, value: number, valueLength: number): void {
    const at = this.annotations.add()
    const { numbers } = this.annotations
    nanoOfMicros(timestamp, nano)
    numbers[at + AnnotationField.timeLow] = nano.low
    numbers[at + AnnotationField.timeHigh] = nano.high
    numbers[at + AnnotationField.value] = value
    numbers[at + AnnotationField.valueLength] = valueLength
  }
}

/** Where the span's own id begins in `ids`. */
export const spanIdAt = traceIdLength
/** Where its parent's does. */
export const parentIdAt = traceIdLength + spanIdLength

/** Largest time and duration that is taken, µs: all are exact up to here, which is the year 2255. */
export const microsMax = Number.MAX_SAFE_INTEGER

/** Halves of a 64-bit number, each unsigned. */
export interface Halves {
  low: number
  high: number
}

/** Nanoseconds of whole microseconds up to `microsMax`, without a bigint. */
export function nanoOfMicros(micros: number, into: Halves): void {
  const high = Math.floor(micros / word)
  const lowNano = (micros - high * word) * 1000
  const carry = Math.floor(lowNano / word)
  into.low = lowNano - carry * word
  into.high = high * 1000 + carry
}

const word = 2 ** 32
const nano: Halves = { low: 0, high: 0 }
/** Enough for usual texts with escapes. */
const ownBytes = 4 * 1024
/** More than this is given back after an unusual span. */
const keptBytesMax = 256 * 1024
