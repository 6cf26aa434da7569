import type { SpanStore } from '../../ports/span-store.ts'
import type { CompiledText } from './compile-query.ts'
import type { TextSearchBounds } from './text-bounds.ts'

/** A search by text. */
export interface TextSearch {
  readonly compiled: CompiledText
  /** A trace is found when a span of its result begins in `[min, max)`, whole µs. */
  readonly minMicros?: number
  readonly maxMicros?: number
  /** How many traces, at least 1. */
  readonly limit: number
  /** Spans of one trace that the answer names at most; all are counted. */
  readonly spansMax: number
}

/** Where spans are, and what limits the search. */
export interface TextSearchOptions {
  readonly store: Pick<SpanStore, 'find'>
  readonly tenant: string
  readonly retentionMs: number
  readonly bounds: TextSearchBounds
  readonly signal: AbortSignal
  readonly now?: () => number
}
