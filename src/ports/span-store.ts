import type { Rejected } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { ArchiveStore } from './archive-store.ts'
import type { DependencyStore } from './dependency-store.ts'
import type { SpanQuery } from './span-query.ts'
import type { StoreFacts } from './store-facts.ts'

/** A part of a trace is at most this long, unless one span is longer. */
export const tracePartBytesMax = 1024 * 1024

/**
 * One trace by id. The window only helps a store to look in fewer places: a trace whose spans all
 * begin in it comes whole, of another one spans may be missing.
 */
export interface TraceRef {
  /** 16 bytes. */
  readonly traceId: Uint8Array
  readonly minMicros?: number
  readonly maxMicros?: number
}

/** A limit of the settings that keeps an answer from being whole. */
export interface SearchBound {
  /** Name of the setting. */
  readonly setting: string
  readonly limit: number
}

/** One trace that matches, or the end of the answer. */
export type Found =
  | {
      readonly kind: 'trace'
      readonly traceId: Uint8Array
      /** Largest indexed start of its matching spans, µs. The order of the answer. */
      readonly newestMatchMicros: number
      /** All spans of the trace, also those outside the window, as `SpanStore.trace` gives them. */
      parts(): AsyncIterable<SpanBatch>
    }
  | { readonly kind: 'end'; readonly bound: SearchBound | undefined }

/** How many spans of one service a trace has. */
export interface ServiceSummary {
  readonly name: string
  readonly spanCount: number
  readonly errorSpanCount: number
}

/** What a list of traces shows of one; counted over all its spans, each identity once. */
export interface TraceSummary {
  readonly kind: 'summary'
  readonly traceId: Uint8Array
  /** Of the earliest span without parent; empty when there is none. */
  readonly rootServiceName: string
  readonly rootOperationName: string
  readonly minStartUnixNano: bigint
  readonly maxEndUnixNano: bigint
  readonly spanCount: number
  readonly errorSpanCount: number
  /** Spans whose parent is not in the trace. */
  readonly orphanSpanCount: number
  /** Sorted by name. */
  readonly services: readonly ServiceSummary[]
}

/** The end of a list of summaries. */
export interface SummariesEnd {
  readonly kind: 'end'
  readonly bound: SearchBound | undefined
}

/** A span name of a service, with the kind of its spans (number as on the OTLP wire). */
export interface Operation {
  readonly name: string
  readonly spanKind: number
}

/** What a store may be unable to do; a closed list, each entry excused with a reason. */
export type Ability =
  | 'tenants'
  | 'regular_expressions'
  | 'negation'
  | 'any_service'
  | 'durable'
  /** Times to the nanosecond. */
  | 'nanoseconds'
  /** Every field and type of value of the model. */
  | 'every_field'
  /** When a span arrived: it stands at its own start, however far that is from its arrival. */
  | 'arrival'
  /** Names of any length are found. */
  | 'long_values'

/**
 * Where spans are kept. The contract is run as a test: test/conformance/span-store.ts.
 *
 * The tenant ('' by default) leads every call; tenants never see each other. A span's identity is
 * (tenant, trace id, span id, hash of its bytes with those of its resource and scope): the same
 * bytes twice are one span, changed resends and shared ids are all kept (docs/adr/0003).
 * The batches that a store gives belong to the caller. One that it takes must not change until the call
 * has settled, however it does; then its memory may be used for something else.
 * Every call that waits ends with GatewayError 'cancelled' when its signal aborts.
 */
export interface SpanStore {
  /** What this store cannot do, each with its reason; the empty map runs the whole suite. */
  readonly cannot: ReadonlyMap<Ability, string>
  /** Links between services that are kept beside the spans; undefined: none are. */
  readonly dependencies?: DependencyStore | undefined
  /** Traces that are kept for good beside the others; undefined: none are. Closed with the store. */
  readonly archive?: ArchiveStore | undefined
  /** Resolves only when the spans are durable; a refused span is listed, not thrown. Groups calls. */
  write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult>
  /** The parts of one trace, each at most `tracePartBytesMax`; nothing for an unknown id. */
  trace(tenant: string, trace: TraceRef, signal: AbortSignal): AsyncIterable<SpanBatch>
  /**
   * The bound of bytes for which spans of a trace were removed that has others still, as far as the
   * store remembers. Retention removes by age and is not told of.
   */
  lostParts(tenant: string, traceId: Uint8Array): Promise<SearchBound | undefined>
  /**
   * Traces by their newest matching span, descending, ties by trace id; the last item is the end.
   *
   * @throws GatewayError 'invalid_argument' with the field when `checkQuery` of src/search refuses
   */
  find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncIterable<Found>
  /** The same traces in the same order as `find`, summarised; the last item is the end. */
  summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncIterable<TraceSummary | SummariesEnd>
  /** Names of all services, sorted by code unit; spans without one are not listed. */
  services(tenant: string): Promise<readonly string[]>
  /** Operations of a service, sorted by name then kind; of one kind when it is given. */
  operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]>
  /** What people may want to know of what is kept, of all tenants; cheap. Left out: nothing is known. */
  facts?(): Promise<StoreFacts>
  /**
   * Finishes the writes under way, then frees everything; does not wait for readers. Safe to call
   * twice; other calls then fail with 'store_unavailable'.
   */
  close(): Promise<void>
}

/** What a write did. */
export interface WriteResult {
  readonly rejected: readonly Rejected[]
}
