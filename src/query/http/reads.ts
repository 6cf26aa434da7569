import type { SpanStore } from '../../ports/span-store.ts'
import type { TextSearches } from '../text-searches.ts'

/** What all endpoints read from, and their limits. */
export interface Reads {
  /** Traces as they are shown: adjusted, unless a request asks for them raw. */
  readonly shown: SpanStore
  /** Traces as they are stored. */
  readonly stored: SpanStore
  /** Searches by text, of what is stored. */
  readonly texts: TextSearches
  readonly tenant: string
  /** Most traces that one search may ask for. */
  readonly searchDepthMax: number
  /** ms since the epoch. */
  readonly now: () => number
}
