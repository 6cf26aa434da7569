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
 * given all of its answer; one whose reader leaves before says nothing, unlike a write that has no answer, nor any
 * other one since it began, for `unansweredMsMin`. Its archive is not watched: that may be full while all else is well.
 */
export function watchStore(
  store: SpanStore,
  { unansweredMsMin = 3000, now }: Partial<CallsWatchOptions> = {},
): WatchedStore {
  const writes = new CallsWatch({ unansweredMsMin, ...(now !== undefined && { now }) })
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
    // What the process knows by itself says nothing of the store.
    lostParts: (...given) => store.lostParts(...given),
    find: (...given) => withWatchedParts(reads.stream(store.find(...given), isEnd), reads),
    summaries: (...given) => reads.stream(store.summaries(...given), isEnd),
    services: (...given) => reads.call(() => store.services(...given)),
    operations: (...given) => reads.call(() => store.operations(...given)),
    close: () => store.close(),
  }
  return { store: watched, writes, reads, facts: store.facts?.bind(store) }
}

/** Behind it nothing comes, so that many a reader leaves there. */
function isEnd({ kind }: { readonly kind: string }): boolean {
  return kind === 'end'
}

async function* withWatchedParts(
  found: AsyncIterable<Found>,
  reads: CallsWatch,
): AsyncGenerator<Found, void, void> {
  for await (const entry of found) {
    yield entry.kind === 'end' ? entry : { ...entry, parts: () => reads.stream(entry.parts()) }
  }
}

/** How calls are watched. */
interface CallsWatchOptions {
  /** A call that takes longer fails, unless another one has gone well since it began. */
  readonly unansweredMsMin: number
  /** Ms of a clock that only goes forward. */
  readonly now: () => number
}

/** Whether calls of one sort succeed. */
export class CallsWatch {
  readonly #unansweredMsMin: number
  readonly #now: () => number
  #failedCount = 0
  #lastSuccessUnixMs: number | undefined
  #failingSinceUnixMs: number | undefined
  #lastError: CallsHealth['lastError']
  #lastSuccessMs = Number.NEGATIVE_INFINITY
  /** When each call began that is under way, the oldest first. */
  readonly #underWay = new Set<{ readonly startMs: number }>()

  constructor(options: Partial<CallsWatchOptions> = {}) {
    this.#unansweredMsMin = options.unansweredMsMin ?? Number.POSITIVE_INFINITY
    this.#now = options.now ?? (() => performance.now())
  }

  get health(): CallsHealth {
    this.#noteHanging()
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
    const call = { startMs: this.#now() }
    this.#underWay.add(call)
    try {
      const result = await run()
      this.#succeeded()
      return result
    } catch (error) {
      this.#failed(error, call)
      throw error
    } finally {
      this.#underWay.delete(call)
    }
  }

  /** Notes how an answer ends. @param isLast tells of an item that it is the last one */
  async *stream<Item>(
    items: AsyncIterable<Item>,
    isLast: (item: Item) => boolean = () => false,
  ): AsyncGenerator<Item, void, void> {
    try {
      for await (const item of items) {
        if (isLast(item)) this.#succeeded()
        yield item
      }
      this.#succeeded()
    } catch (error) {
      this.#failed(error, undefined)
      throw error
    }
  }

  #succeeded(): void {
    this.#lastSuccessUnixMs = Date.now()
    this.#lastSuccessMs = this.#now()
    this.#failingSinceUnixMs = undefined
  }

  /** Of what still waits nobody tells. Others may have been answered since the oldest began, and none since. */
  #noteHanging(): void {
    if (this.#failingSinceUnixMs !== undefined) return
    for (const call of this.#underWay) {
      if (this.#lastSuccessMs >= call.startMs) continue
      if (this.#hangs(call)) this.#noteUnanswered(call)
      return
    }
  }

  #hangs({ startMs }: { readonly startMs: number }): boolean {
    const isLong = this.#now() - startMs >= this.#unansweredMsMin
    return isLong && this.#lastSuccessMs < startMs
  }

  #noteUnanswered({ startMs }: { readonly startMs: number }): void {
    const tookMs = this.#now() - startMs
    this.#note(`no answer in ${(tookMs / 1000).toFixed(1)} s`, Math.round(Date.now() - tookMs))
  }

  #failed(error: unknown, call: { readonly startMs: number } | undefined): void {
    const isUnanswered = call !== undefined && isGivenUp(error) && this.#hangs(call)
    if (!isUnanswered && !isStoresFault(error)) return
    this.#failedCount += 1
    if (isUnanswered) this.#noteUnanswered(call)
    else this.#note(error instanceof Error ? error.message : String(error), Date.now())
  }

  #note(message: string, sinceUnixMs: number): void {
    this.#failingSinceUnixMs ??= sinceUnixMs
    this.#lastError = { message, unixMs: Date.now() }
  }
}

const givenUp = ['cancelled', 'deadline_exceeded']
/** Of these the request is the cause, or whoever asked. */
const othersFaults = [
  ...givenUp,
  'invalid_argument',
  'not_found',
  'too_large',
  'overloaded',
  'unimplemented',
]

function isGivenUp(error: unknown): boolean {
  return error instanceof GatewayError && givenUp.includes(error.code)
}

function isStoresFault(error: unknown): boolean {
  return !(error instanceof GatewayError && othersFaults.includes(error.code))
}
