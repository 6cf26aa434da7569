import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanStore } from '../ports/span-store.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** How many searches may be under way, and who is told. */
export interface SearchLimit {
  readonly searchesMax: number
  readonly metrics: Pick<Metrics, 'add'>
  /** Told when one was refused. */
  readonly onRefused?: () => void
  /** What a refused client is told to wait; 1 s by default. */
  readonly retryAfterMs?: number
}

/**
 * The same store, of which at most so many searches are under way: a search may read everything, so
 * that many at once would only make each other late. One more is refused at once and counted. Reads
 * of single traces and of names are cheap and do not count.
 *
 * A search ends with its last item, or when its reader leaves.
 *
 * @param gate where others count that search the store in several steps
 */
export function limitSearches(
  store: SpanStore,
  limit: SearchLimit,
  gate = new SearchGate(limit),
): SpanStore {
  return {
    cannot: store.cannot,
    dependencies: store.dependencies,
    archive: store.archive,
    write: (...given) => store.write(...given),
    trace: (...given) => store.trace(...given),
    lostParts: (...given) => store.lostParts(...given),
    find: (...given) => gate.run(() => store.find(...given)),
    summaries: (...given) => gate.run(() => store.summaries(...given)),
    services: (...given) => store.services(...given),
    operations: (...given) => store.operations(...given),
    close: () => store.close(),
  }
}

/** The places of searches that may be under way. */
export class SearchGate {
  readonly #limit: SearchLimit
  #underWay = 0

  constructor(limit: SearchLimit) {
    this.#limit = limit
  }

  /**
   * Runs a search while there is a place for it.
   *
   * @throws GatewayError 'overloaded' when there is none
   */
  async *run<Item>(search: () => AsyncIterable<Item>): AsyncGenerator<Item> {
    const { searchesMax, metrics, onRefused, retryAfterMs = 1000 } = this.#limit
    if (this.#underWay >= searchesMax) {
      onRefused?.()
      metrics.add('spangate_searches_refused_total', 1, {})
      throw new GatewayError(
        'overloaded',
        `Cannot search traces: ${searchesMax} searches are under way (search.max-concurrent)`,
        { retryAfterMs },
      )
    }
    this.#underWay += 1
    metrics.add('spangate_searches_under_way', 1, {})
    try {
      yield* search()
    } finally {
      this.#underWay -= 1
      metrics.add('spangate_searches_under_way', -1, {})
    }
  }
}
