import { Rows } from '../wire/rows.ts'
import { tagStride } from './read-tag.ts'
import { WireTime } from './read-time.ts'
import { SpanIds } from './span-ids.ts'

/** What is noted of a Log: indexes into its row. */
export const LogField = {
  /** Nanoseconds as two halves. */
  timeLow: 0,
  timeHigh: 1,
  /** Its first field in `SpanParts.fields`, and the one behind its last. */
  firstField: 2,
  endField: 3,
} as const

/** Numbers kept for each Log. */
export const logStride = 4

/** Where something lies in the bytes that were read; of no length where it is absent. */
export interface Slice {
  start: number
  length: number
}

/**
 * The parts of one jaeger.api_v2.Span as they lie in the bytes that were read: numbers and offsets,
 * in arrays that serve one span after the other.
 */
export class SpanParts {
  /** Of the span, and behind it of its references. */
  readonly ids = new SpanIds()
  /** `SpanRefType` of each reference; its ids are the next entry of `ids`. */
  readonly references = new Rows(1)
  readonly tags = new Rows(tagStride)
  readonly logs = new Rows(logStride)
  /** The fields of all logs. */
  readonly fields = new Rows(tagStride)
  readonly start = new WireTime()
  readonly duration = new WireTime()
  readonly traceId: Slice = { start: 0, length: 0 }
  readonly spanId: Slice = { start: 0, length: 0 }
  readonly name: Slice = { start: 0, length: 0 }
  /** The first time of a log that was moved to the nearest that can be held. */
  movedLogNano: bigint | undefined
  /** Whether any time was, as write-span.ts has found. */
  hasMovedTimes = false
  flags = 0
  /** Bodies of its own Process, to be read as one message; none when the batch's holds. */
  process: Uint8Array[] = []
  warnings: Uint8Array[] = []
  /** Fields that are not known, as those of an OTLP span. */
  unknown: Uint8Array | undefined

  /** Forgets everything, for the next span. */
  clear(): void {
    this.ids.clear()
    this.references.clear()
    this.tags.clear()
    this.logs.clear()
    this.fields.clear()
    this.start.clear()
    this.duration.clear()
    this.traceId.length = 0
    this.spanId.length = 0
    this.name.length = 0
    this.movedLogNano = undefined
    this.flags = 0
    if (this.process.length > 0) this.process = []
    if (this.warnings.length > 0) this.warnings = []
    this.unknown = undefined
  }
}
