import type { SpanStore } from '../../ports/span-store.ts'

/** What all endpoints read from, and their limits. */
export interface Reads {
  /** Traces as they are shown: adjusted, unless a request asks for them raw. */
  readonly shown: SpanStore
  /** Traces as they are stored. */
  readonly stored: SpanStore
  readonly tenant: string
  /** Most traces that one search may ask for. */
  readonly searchDepthMax: number
  /** ms since the epoch. */
  readonly now: () => number
}
