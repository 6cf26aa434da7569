import type { Span } from '../../../bridge/model/span.ts'
import type { DroppedSpan } from '../../ports/dropped-spans.ts'
import { goDurationText } from './go-duration-text.ts'
import type { TraceIndex } from './trace-index.ts'

/** What is changed of one span because of others of its trace. */
export interface PlannedChange {
  /** ns by which the span and its events are moved; 0 for none. */
  readonly shiftNs: number
  /** 8 bytes instead of its own. */
  readonly id?: Uint8Array | undefined
  /** 8 bytes instead of its own. */
  readonly parent?: Uint8Array | undefined
  readonly warnings: readonly string[]
}

/** A new place of a span in its trace. */
export interface Renamed {
  readonly id?: Uint8Array
  readonly parent: Uint8Array
  readonly warning: string
}

/** What is known of a span's delta. */
export const Told = { nothing: 0, duplicate: 1, orphan: 2 } as const

/**
 * What is changed of a trace, by the rows of its index: mere numbers, of which warnings are made when a
 * span is shown.
 */
export class TracePlan {
  readonly index: TraceIndex
  readonly skewMaxNs: number
  readonly #droppedSpan: FindDropped
  /** ns by which a span would have to be moved. */
  readonly deltaNs: Float64Array
  /** One of `Told`. */
  readonly told: Uint8Array
  readonly renamed = new Map<number, Renamed>()
  /** Warnings on the first span. */
  readonly #firstWarnings: string[] = []
  #changes = 0

  /** @param droppedSpan what became of a span of the trace that is not there */
  constructor(index: TraceIndex, skewMaxNs: number, droppedSpan: FindDropped = () => undefined) {
    this.index = index
    this.skewMaxNs = skewMaxNs
    this.#droppedSpan = droppedSpan
    this.deltaNs = new Float64Array(index.count)
    this.told = new Uint8Array(index.count)
  }

  /** Nothing is known of the trace but this. */
  static warning(index: TraceIndex, warning: string): TracePlan {
    const plan = new TracePlan(index, 0)
    plan.warnFirst(warning)
    return plan
  }

  /** Notes what the first span tells of the trace. */
  warnFirst(warning: string): void {
    this.#firstWarnings.push(warning)
    this.#changes += 1
  }

  /** Notes that a span is told something, or has a delta. */
  tell(
    row: number,
    { told = Told.nothing, deltaNs = 0 }: { told?: number; deltaNs?: number },
  ): void {
    if (told !== Told.nothing) this.told[row] = told
    if (deltaNs !== 0) this.deltaNs[row] = deltaNs
    this.#changes += 1
  }

  rename(row: number, renamed: Renamed): void {
    this.renamed.set(row, renamed)
    this.#changes += 1
  }

  get isEmpty(): boolean {
    return this.#changes === 0
  }

  /** True for a delta that is applied. */
  isApplied(deltaNs: number): boolean {
    return Math.abs(deltaNs) <= this.skewMaxNs
  }

  /** What is changed of the span of a row; undefined for nothing. */
  changeOf(row: number): PlannedChange | undefined {
    const renamed = this.renamed.get(row)
    const deltaNs = this.deltaNs[row] ?? 0
    const warnings = this.#warningsOf(row, renamed, deltaNs)
    if (warnings.length === 0) return undefined
    return {
      shiftNs: this.isApplied(deltaNs) ? deltaNs : 0,
      id: renamed?.id,
      parent: renamed?.parent,
      warnings,
    }
  }

  #warningsOf(row: number, renamed: Renamed | undefined, deltaNs: number): string[] {
    const warnings = row === 0 ? [...this.#firstWarnings] : []
    if (renamed !== undefined) warnings.push(renamed.warning)
    if (this.told[row] === Told.duplicate) warnings.push(duplicateWarning)
    if (this.told[row] === Told.orphan) warnings.push(this.#orphanWarning(row))
    if (deltaNs !== 0) warnings.push(deltaWarning(deltaNs, this.skewMaxNs))
    return warnings
  }

  /** Which parent is missing, and what became of it if it was ever seen. */
  #orphanWarning(row: number): string {
    const { parentHigh, parentLow } = this.index.columns
    const [high, low] = [parentHigh[row] ?? 0, parentLow[row] ?? 0]
    const id = hexOfId(high, low)
    const missing = `parent span ID=${id} is not in the trace; skipping clock skew adjustment`
    const dropped = this.#droppedSpan(bytesOfId(high, low))
    if (dropped === undefined) return missing
    const when = new Date(dropped.unixMs).toISOString()
    return `${missing}; it came at ${when} and was dropped (${dropped.reason})`
  }
}

/** Finds a span of one trace by its id. */
type FindDropped = (spanId: Uint8Array) => DroppedSpan | undefined

const duplicateWarning = 'duplicate span IDs; skipping clock skew adjustment'

function deltaWarning(deltaNs: number, skewMaxNs: number): string {
  const delta = goDurationText(deltaNs)
  if (Math.abs(deltaNs) <= skewMaxNs) return `This span's timestamps were adjusted by ${delta}`
  const state =
    skewMaxNs === 0
      ? 'clock skew adjustment disabled'
      : `max clock skew adjustment delta of ${goDurationText(skewMaxNs)} exceeded`
  return `${state}; not applying calculated delta of ${delta}`
}

/** 16 hex digits. */
export function hexOfId(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** 8 bytes. */
export function bytesOfId(high: number, low: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(high, 0)
  bytes.writeUInt32BE(low, 4)
  return bytes
}

/** A span moved in time, with its events. */
export function shifted(span: Span, shiftNs: number): Span {
  if (shiftNs === 0) return span
  const shift = BigInt(Math.round(shiftNs))
  return {
    ...span,
    startUnixNano: span.startUnixNano + shift,
    endUnixNano: span.endUnixNano + shift,
    events: span.events.map((event) => ({ ...event, timeUnixNano: event.timeUnixNano + shift })),
  }
}
