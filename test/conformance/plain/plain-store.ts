import { setImmediate as nextTurn } from 'node:timers/promises'
import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, spanIdBytes, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../../bridge/model/span-identity.ts'
import { selectSpans } from '../../../bridge/otlp/select-spans.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import type { SpanQuery } from '../../../src/ports/span-query.ts'
import type {
  Ability,
  Found,
  Operation,
  SearchBound,
  SpanStore,
  SummariesEnd,
  TraceRef,
  TraceSummary,
  WriteResult,
} from '../../../src/ports/span-store.ts'
import { tracePartBytesMax } from '../../../src/ports/span-store.ts'
import { checkQuery } from '../../../src/search/check-query.ts'
import { IdentitySet } from '../../../src/search/identity-set.ts'
import { compileQuery } from '../../../src/search/match-query.ts'
import type { RankedTrace } from '../../../src/search/newest-traces.ts'
import { NewestTraces } from '../../../src/search/newest-traces.ts'
import type { QueryLimits } from '../../../src/search/query-limits.ts'
import { queryLimitDefaults } from '../../../src/search/query-limits.ts'
import type { SearchBounds } from '../../../src/search/search-meter.ts'
import { SearchMeter } from '../../../src/search/search-meter.ts'
import { TraceSummarizer } from '../../../src/search/summarize-trace.ts'
import type { StoreClock } from '../../../src/stores/expiry-clock.ts'
import { ExpiryClock, systemClock } from '../../../src/stores/expiry-clock.ts'
import type { KeptWrite } from './kept-spans.ts'
import { TenantSpans } from './kept-spans.ts'
import { runsOfSpans } from './trace-parts.ts'

/** Why spans left a store that had acknowledged them. */
export type Removal = 'retention' | 'eviction'

/** What a memory store has to be told. */
export interface PlainStoreOptions {
  /** Memory for all tenants together; past it the oldest writes go. */
  readonly bytesMax: number
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
  readonly searchBounds: SearchBounds
  readonly queryLimits?: QueryLimits
  /** How long a clock that jumped forward must stay there before it is believed; 24 h. */
  readonly clockGraceMs?: number
  readonly clock?: StoreClock
  /** Told of every span that goes, for the counters. */
  readonly onRemoved?: (reason: Removal, spans: number) => void
  /** The clock jumped forward by so much: nothing expires until it is back or believed. */
  readonly onExpiryPaused?: (jumpMs: number) => void
  readonly onExpiryResumed?: () => void
}

/**
 * Keeps spans in memory, whole writes at a time, and searches by looking at each of them.
 *
 * Nothing survives the process. A trace of which a write was evicted comes back without those
 * spans. Repeats are kept and dropped on reading, so that a resend renews its spans' retention.
 */
export class PlainStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map([
    ['durable', 'what is kept in memory ends with the process'],
  ])
  readonly #options: PlainStoreOptions
  readonly #expiry: ExpiryClock
  readonly #tenants = new Map<string, TenantSpans>()
  /** All writes of all tenants, oldest first. */
  readonly #writes = new Set<KeptWrite>()
  #sizeBytes = 0
  #closed = false

  constructor(options: PlainStoreOptions) {
    this.#options = options
    this.#expiry = new ExpiryClock({
      clock: options.clock ?? systemClock,
      retentionMs: options.retentionMs,
      graceMs: options.clockGraceMs ?? clockGraceMs,
      onPaused: (jumpMs) => options.onExpiryPaused?.(jumpMs),
      onResumed: () => options.onExpiryResumed?.(),
    })
  }

  /** Memory that the stored spans take, by estimate. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(signal)
    if (spanCount(batch) === 0) return { rejected: [] }
    const spans = this.#tenants.get(tenant) ?? new TenantSpans(tenant)
    const write = spans.prepare(batch)
    if (write.sizeBytes > this.#options.bytesMax) {
      throw new GatewayError(
        'too_large',
        `Cannot store spans: they take ${write.sizeBytes} bytes, store.memory.max-bytes is ${this.#options.bytesMax}`,
      )
    }
    this.#expire()
    this.#tenants.set(tenant, spans)
    spans.add(write)
    this.#writes.add(write)
    this.#sizeBytes += write.sizeBytes
    for (const oldest of this.#writes) {
      if (this.#sizeBytes <= this.#options.bytesMax) break
      this.#remove(oldest, 'eviction')
    }
    return { rejected: [] }
  }

  async *trace(tenant: string, trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch> {
    this.#checkUsable(signal)
    const seen = new IdentitySet()
    const { traceId } = trace
    for (const { batch, spans } of this.#writesOf(tenant, hexOf(traceId))) {
      const fresh = spans.filter((span) => addIdentity(seen, batch, span))
      for (const run of runsOfSpans(batch, fresh, tracePartBytesMax)) {
        yield selectSpans(batch, run)
        this.#checkUsable(signal)
      }
    }
  }

  async lostParts(_tenant: string, _traceId: Uint8Array): Promise<undefined> {
    return undefined
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const { traces, bound } = await this.#search(tenant, query, signal)
    for (const { traceId: hex, newestMatchMicros } of traces) {
      const traceId = bytesOf(hex)
      const parts = (): AsyncIterable<SpanBatch> => this.trace(tenant, { traceId }, signal)
      yield { kind: 'trace', traceId: bytesOf(hex), newestMatchMicros, parts }
      this.#checkUsable(signal)
    }
    yield { kind: 'end', bound }
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const { traces, bound } = await this.#search(tenant, query, signal)
    for (const { traceId } of traces) {
      const summarizer = new TraceSummarizer()
      for (const { batch, spans } of this.#writesOf(tenant, traceId)) {
        summarizer.add(batch, spans)
        await nextTurn()
        this.#checkUsable(signal)
      }
      if (!summarizer.empty) yield summarizer.summary(bytesOf(traceId))
      this.#checkUsable(signal)
    }
    yield { kind: 'end', bound }
  }

  async services(tenant: string): Promise<readonly string[]> {
    this.#checkUsable()
    this.#expire()
    return this.#tenants.get(tenant)?.services() ?? []
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    this.#checkUsable()
    this.#expire()
    const operations = this.#tenants.get(tenant)?.operations(service) ?? []
    return kind === undefined
      ? operations
      : operations.filter((operation) => operation.spanKind === kind)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#tenants.clear()
    this.#writes.clear()
    this.#sizeBytes = 0
  }

  /** Looks at every span of the tenant, newest write first, without holding up other work. */
  async #search(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): Promise<{ traces: readonly RankedTrace[]; bound: SearchBound | undefined }> {
    this.#checkUsable(signal)
    checkQuery(query, this.#options.queryLimits ?? queryLimitDefaults)
    this.#expire()
    const compiled = compileQuery(query, this.#options.retentionMs)
    const newest = new NewestTraces(query.limit)
    const meter = new SearchMeter(this.#options.searchBounds)
    const writes = Array.from(this.#tenants.get(tenant)?.writes ?? []).reverse()
    let unchecked = 0
    for (const { batch } of writes) {
      for (let span = 0; span < spanCount(batch); span += 1) {
        if (++unchecked === spansBetweenTurns) {
          unchecked = 0
          await nextTurn()
          this.#checkUsable(signal)
          const bound = meter.hit()
          if (bound !== undefined) return { traces: newest.ranked(), bound }
        }
        meter.add(1)
        const indexed = compiled.indexedMicros(batch, span)
        if (indexed === undefined || !newest.wants(indexed)) continue
        if (compiled.matches(batch, span)) newest.offer(traceIdBytes(batch, span), indexed)
      }
    }
    return { traces: newest.ranked(), bound: meter.hit() }
  }

  #writesOf(
    tenant: string,
    traceId: string,
  ): readonly { batch: SpanBatch; spans: readonly number[] }[] {
    this.#expire()
    const writes = this.#tenants.get(tenant)?.writesOf(traceId) ?? []
    return writes.map(({ batch, traces }) => ({ batch, spans: traces.get(traceId) ?? [] }))
  }

  /** Arrivals never run backwards by much, so looking at the oldest writes is enough. */
  #expire(): void {
    const keptSinceUnixMs = this.#expiry.keptSinceUnixMs()
    for (const write of this.#writes) {
      if (write.batch.arrivalUnixMs >= keptSinceUnixMs) return
      this.#remove(write, 'retention')
    }
  }

  #remove(write: KeptWrite, reason: Removal): void {
    this.#writes.delete(write)
    this.#sizeBytes -= write.sizeBytes
    write.tenant.remove(write)
    if (write.tenant.writes.size === 0) this.#tenants.delete(write.tenant.name)
    this.#options.onRemoved?.(reason, spanCount(write.batch))
  }

  #checkUsable(signal?: AbortSignal): void {
    if (this.#closed) {
      throw new GatewayError('store_unavailable', 'Cannot use store: it is closed')
    }
    if (signal?.aborted) {
      throw new GatewayError('cancelled', 'Cannot finish: the caller went away', {
        cause: signal.reason,
      })
    }
  }
}

/** As the settings say when nobody changed them. */
const clockGraceMs = 24 * 3_600_000

/** Between two turns a search takes about a millisecond, a few with a costly filter. */
const spansBetweenTurns = 256

function addIdentity(seen: IdentitySet, batch: SpanBatch, span: number): boolean {
  const id = spanIdBytes(batch, span)
  const number = new DataView(id.buffer, id.byteOffset, id.byteLength).getBigUint64(0)
  return seen.add(number, spanIdentity(batch, span))
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
