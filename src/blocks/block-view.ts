import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { HashSet } from './hash-set.ts'

/**
 * A block is a group of spans of one tenant with columns, terms and their bytes (docs/blocks.md).
 * What is here is all that a search or a read of a trace asks of one, whether it still grows
 * (open-block.ts) or is sealed (sealed-block.ts).
 */
export interface BlockView {
  readonly summary: BlockSummary
  readonly columns: BlockColumns
  /** (resource, scope) pairs; `columns.groups` are indexes into it. */
  readonly groups: readonly BlockGroup[]
  /** Span names with their kind and status; `columns.whats` are indexes into it. */
  readonly whats: readonly BlockWhat[]
  /** Which spans reached us when; in order, together as many as the block has. */
  readonly runs: readonly ArrivalRun[]
  /** 16 bytes each; `columns.traces` are indexes into it. */
  readonly traceIds: Uint8Array
  /** Ids of spans and their parents, and how long their bodies are. */
  readonly ids: BlockIds
  /** Spans that may have an attribute with one of these hashes, ascending; empty when none has. */
  spansWithAny(hashes: HashSet): ArrayLike<number>
  /**
   * Copies of these spans as a batch, in this order.
   *
   * @throws GatewayError 'store_corrupt' when they cannot be read
   */
  batchOf(spans: ArrayLike<number>, arrivalUnixMs: number): SpanBatch
}

/** As much of a block as a search asks of it. */
export interface SearchedBlock extends Omit<BlockView, 'ids'> {
  /** Of bodies that are not there yet a length is 0. */
  readonly ids: Pick<BlockIds, 'lengths'>
}

/** What decides whether a block must be looked at; times are indexed starts, µs. */
export interface BlockSummary {
  readonly spanCount: number
  readonly minMicros: number
  readonly maxMicros: number
  readonly durationMaxMicros: number
  readonly arrivalMinUnixMs: number
  readonly arrivalMaxUnixMs: number
}

/** One entry for each span. */
export interface BlockColumns {
  /** Indexed start, whole µs since the epoch (src/search/indexed-start.ts). */
  readonly starts: Float64Array
  /** Whole µs. */
  readonly durations: Float64Array
  readonly groups: Uint16Array
  readonly whats: Uint16Array
  readonly traces: Uint16Array
}

/** One entry for each span. */
export interface BlockIds {
  /** Its own start, whole µs since the epoch. */
  readonly ownStarts: Float64Array
  /** 8 bytes each. */
  readonly spanIds: Uint8Array
  /** 8 bytes each; zeros where there is no parent. */
  readonly parentIds: Uint8Array
  /** As `SpanField.nanoRemainders`. */
  readonly nanoRemainders: Uint32Array
  /** Of the span's body. */
  readonly lengths: Uint32Array
}

/** A (resource, scope) pair: the slices of `GroupField`, without the service's name. */
export interface BlockGroup {
  /** In the order of `GroupField`; an empty one is absent. */
  readonly slices: readonly Uint8Array[]
  readonly service: string
}

/** How many slices a group has. */
export const groupSlices = 6

/** What a span is called and how it ended. */
export interface BlockWhat {
  readonly name: string
  readonly kind: number
  readonly statusCode: number
}

/** Spans that came in one request. */
export interface ArrivalRun {
  readonly spanCount: number
  readonly arrivalUnixMs: number
}

/** A block has at most so many spans: indexes take 16 bits. */
export const blockSpansMax = 16_384
