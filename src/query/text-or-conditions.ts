import { parseTraceId } from '../../bridge/model/identifier.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import type { Found, SpanStore, SummariesEnd, TraceSummary } from '../ports/span-store.ts'
import type { CompiledText } from '../search/text/compile-query.ts'
import type { MatchedTrace } from '../search/text/verify-trace.ts'
import type { TextSearches } from './text-searches.ts'

/** A query text, as it was written and as it is asked. */
export interface QueryText {
  readonly source: string
  readonly compiled: CompiledText
}

/** A search by conditions on one span, or by a text, which has no `filter` then. */
export interface PagedSearch extends SpanQuery {
  readonly text?: QueryText
}

/** Where traces are looked for, and where they are read. */
export interface SearchSource {
  readonly store: SpanStore
  readonly texts: TextSearches
  readonly tenant: string
  readonly signal: AbortSignal
}

/** The traces of a search, whole, whichever it is: as `SpanStore.find`. */
export function findSearched(source: SearchSource, search: PagedSearch): AsyncIterable<Found> {
  const { store, tenant, signal } = source
  const { text, ...query } = search
  if (text === undefined) return store.find(tenant, query, signal)
  return foundByText(source, search, text, ({ traceId, newestMatchMicros }) => {
    const trace = { traceId: parseTraceId(traceId) ?? new Uint8Array(16) }
    const parts = () => store.trace(tenant, trace, signal)
    return { kind: 'trace', traceId: trace.traceId, newestMatchMicros, parts }
  })
}

/** The same traces summarised: as `SpanStore.summaries`. */
export function summarizeSearched(
  source: SearchSource,
  search: PagedSearch,
): AsyncIterable<TraceSummary | SummariesEnd> {
  const { text, ...query } = search
  if (text === undefined) return source.store.summaries(source.tenant, query, source.signal)
  return foundByText(source, search, text, ({ summary }) => summary)
}

type End = SummariesEnd

async function* foundByText<Item>(
  { texts, signal }: SearchSource,
  { minMicros, maxMicros, limit }: PagedSearch,
  { compiled }: QueryText,
  itemOf: (trace: MatchedTrace) => Item,
): AsyncGenerator<Item | End, void, void> {
  const window = {
    ...(minMicros !== undefined && { minMicros }),
    ...(maxMicros !== undefined && { maxMicros }),
  }
  for await (const found of texts.find({ compiled, ...window, limit, spansMax: 1 }, signal)) {
    yield found.kind === 'end' ? found : itemOf(found)
  }
}
