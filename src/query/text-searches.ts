import type { SpanQuery } from '../ports/span-query.ts'
import type { Found, SpanStore } from '../ports/span-store.ts'
import type { FoundText } from '../search/text/search-text.ts'
import { searchText } from '../search/text/search-text.ts'
import type { TextSearchBounds } from '../search/text/text-bounds.ts'
import type { TextSearch } from '../search/text/text-search.ts'
import type { SearchGate } from './limit-searches.ts'

/** Where searches by text look, and their limits. */
export interface TextSearchesOptions {
  /** Without a limit of its own on searches: a search by text counts as one, whatever it asks the store. */
  readonly store: Pick<SpanStore, 'find'>
  readonly gate: Pick<SearchGate, 'run'>
  readonly tenant?: string
  readonly retentionMs: number
  readonly bounds: TextSearchBounds
}

/** Searches by text over one store, whichever API asks. */
export interface TextSearches {
  /** Most traces that one search may ask for. */
  readonly candidatesMax: number
  /** The traces that match, and the end; as `searchText`. */
  find(search: TextSearch, signal: AbortSignal): AsyncIterable<FoundText>
  /** Traces for completion, which looks at whatever a query finds. */
  sample(query: SpanQuery, signal: AbortSignal): AsyncIterable<Found>
}

/** Each search takes one place among those that may be under way. */
export function createTextSearches(options: TextSearchesOptions): TextSearches {
  const { store, gate, tenant = '', retentionMs, bounds } = options
  return {
    candidatesMax: bounds.candidatesMax,
    find: (search, signal) => {
      const reading = { store, tenant, retentionMs, bounds, signal }
      return gate.run(() => searchText(search, reading))
    },
    sample: (query, signal) => gate.run(() => store.find(tenant, query, signal)),
  }
}
