import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** What is known of a store that `fillStore` filled: the right answers to searches. */
export interface StoreFacts {
  readonly spans: number
  readonly spanBytes: number
  readonly seed: number
  /** Ends of the newest spans: of the first message and of the last, ms since the epoch. */
  readonly startUnixMs: number
  readonly endUnixMs: number
  /** Ids, hex, of traces that have exactly 30 spans. */
  readonly tracesOf30: readonly string[]
  /** Ids of the traces with `fiveValue`. */
  readonly fiveTraces: readonly string[]
  /** How many traces have a span with `rareValue`. */
  readonly rareTraces: number
  /** How many traces have a span of over `longNano`. */
  readonly longTraces: number
  /** How many traces have a span with both. */
  readonly rareLongTraces: number
  /** Traces of so many spans each, in the middle of the time; none unless they were asked for. */
  readonly largeTraces?: readonly LargeTrace[]
  /** Bytes of the store on disk after it was closed; 0 for one in memory. */
  readonly diskBytes: number
}

/** A trace that was stored for its size. */
export interface LargeTrace {
  /** Hex. */
  readonly traceId: string
  readonly spans: number
}

/** A tenant that five spans have. */
export const fiveValue = 't-five'
/** A tenant that one of 10,000 spans has. */
export const rareValue = 't-rare'
/** What planted long spans take; ordinary ones take at most half of it. */
export const longNano = 120e9

/** Reads what `writeFacts` wrote; undefined where there is nothing. */
export function readFacts(file: string): StoreFacts | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StoreFacts) : undefined
}

/** Keeps facts beside the store that they are about. */
export function writeFacts(file: string, facts: StoreFacts): void {
  writeFileSync(file, `${JSON.stringify(facts)}\n`)
}
