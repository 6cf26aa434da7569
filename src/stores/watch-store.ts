import { GatewayError } from '../errors/gateway-error.ts'
import type { CallsHealth } from '../ports/gateway-status.ts'
import type { Found, SpanStore } from '../ports/span-store.ts'
import type { StoreFacts } from '../ports/store-facts.ts'

/** A store, and how its calls go. */
export interface WatchedStore {
  readonly store: SpanStore
  readonly writes: CallsWatch
  readonly reads: CallsWatch
  /** Of the store; undefined where it has nothing to tell. */
  readonly facts: (() => Promise<StoreFacts>) | undefined
}

/**
 * The same store, of which is noted whether it does what it is asked. A read has gone well once it has
 * given all of its answer; one whose reader leaves before says nothing. Its archive is not watched: that may be
 * full while all else is well.
 */
export function watchStore(store: SpanStore): WatchedStore {
  const writes = new CallsWatch()
  const reads = new CallsWatch()
  const { dependencies } = store
  const watched: SpanStore = {
    cannot: store.cannot,
    dependencies: dependencies && {
      links: (...given) => reads.call(() => dependencies.links(...given)),
    },
    archive: store.archive,
    write: (...given) => writes.call(() => store.write(...given)),
    trace: (...given) => reads.stream(store.trace(...given)),
    lostParts: (...given) => reads.call(() => store.lostParts(...given)),
    find: (...given) => withWatchedParts(reads.stream(store.find(...given)), reads),
    summaries: (...given) => reads.stream(store.summaries(...given)),
    services: (...given) => reads.call(() => store.services(...given)),
    operations: (...given) => reads.call(() => store.operations(...given)),
    close: () => store.close(),
  }
  return { store: watched, writes, reads, facts: store.facts?.bind(store) }
}

async function* withWatchedParts(
  found: AsyncIterable<Found>,
  reads: CallsWatch,
): AsyncGenerator<Found, void, void> {
  for await (const entry of found) {
    yield entry.kind === 'end' ? entry : { ...entry, parts: () => reads.stream(entry.parts()) }
  }
}

/** Whether calls of one sort succeed. */
export class CallsWatch {
  #failedCount = 0
  #lastSuccessUnixMs: number | undefined
  #failingSinceUnixMs: number | undefined
  #lastError: CallsHealth['lastError']

  get health(): CallsHealth {
    const isFailing = this.#failingSinceUnixMs !== undefined
    const isIdle = this.#lastSuccessUnixMs === undefined
    return {
      state: isFailing ? 'failing' : isIdle ? 'idle' : 'ok',
      failedCount: this.#failedCount,
      lastSuccessUnixMs: this.#lastSuccessUnixMs,
      failingSinceUnixMs: this.#failingSinceUnixMs,
      lastError: this.#lastError,
    }
  }

  /** Notes how a call ends. */
  async call<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      const result = await run()
      this.#succeeded()
      return result
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  /** Notes how an answer ends. */
  async *stream<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, void> {
    try {
      for await (const item of items) yield item
      this.#succeeded()
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  #succeeded(): void {
    this.#lastSuccessUnixMs = Date.now()
    this.#failingSinceUnixMs = undefined
  }

  #failed(error: unknown): void {
    if (!isStoresFault(error)) return
    const unixMs = Date.now()
    this.#failedCount += 1
    this.#failingSinceUnixMs ??= unixMs
    this.#lastError = { message: error instanceof Error ? error.message : String(error), unixMs }
  }
}

/** Of these the request is the cause, or whoever asked. */
const othersFaults = [
  'invalid_argument',
  'not_found',
  'too_large',
  'overloaded',
  'unimplemented',
  'cancelled',
  'deadline_exceeded',
]

function isStoresFault(error: unknown): boolean {
  return !(error instanceof GatewayError && othersFaults.includes(error.code))
}
