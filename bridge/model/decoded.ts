import type { BatchMemory } from './batch-memory.ts'
import type { Rejected } from './span.ts'
import type { SpanBatch } from './span-batch.ts'

/** What came out of the bytes of one request, whichever format it had. */
export interface Decoded {
  /** The spans that were taken, repaired where they had to be. */
  readonly batch: SpanBatch
  /** One entry for each span that was refused; equal ones may be the same object. */
  readonly rejected: readonly Rejected[]
  /** How many resources, scopes and spans each repair changed; a name without changes is absent. */
  readonly repairs: ReadonlyMap<RepairName, number>
  /**
   * Fields whose values were lost, because nobody knows them, another one stands in their place or there
   * is no span that they are of; absent where none was.
   */
  readonly skippedFields?: number
  /** The first of them, with the way to it, where they have names. */
  readonly firstSkipped?: string
}

/** What decoding has to be told, as it reads no clock and no settings. */
export interface DecodeOptions {
  /** When the request reached us, ms since the epoch. */
  readonly arrivalUnixMs: number
  /** Limits that differ from `defaultDecodeLimits`. */
  readonly limits?: Partial<DecodeLimits>
  /** Whether the batch gets its `terms`: for batches that a store is going to keep. */
  readonly withTerms?: boolean
  /** What the index of the batch may be written into, until the next batch is. */
  readonly memory?: BatchMemory
  /**
   * Whether a client has sent the bytes: then a request with more spans, tags and the like than so many
   * bytes really hold is refused (request-density.ts). Parts of what was taken once are not.
   */
  readonly isRequest?: boolean
  /**
   * Told after each span, resource and scope that was looked at how many attributes, events, links and
   * values it had, and 0 in between where there is nothing to look at for long: what it throws ends the
   * decoding. For who must not take long, or may be called off.
   */
  readonly onItems?: (count: number) => void
}

/** Bounds on one span, resource or scope; past them it is rejected, and the message names the limit. */
export interface DecodeLimits {
  /**
   * Deepest nesting of messages, counted from the request (the group of a resource is 1, a span 3,
   * its attribute 4, the attribute's value 5). At most 100, which is where protobuf's own
   * implementations stop reading.
   */
  readonly nestingMax: number
  /** Length of one encoded span. */
  readonly spanBytesMax: number
  /** Length of one encoded resource or scope, with its schema URL and unknown fields. */
  readonly resourceBytesMax: number
  /** Attributes, events, links, list elements and map entries of one span, resource or scope. */
  readonly itemsMax: number
}

/**
 * The limits unless others are asked for.
 *
 * A span is at most what a gRPC client takes in one message by default. A resource is repeated in
 * every part of an answer, so it may take a quarter of a part.
 */
export const defaultDecodeLimits: DecodeLimits = {
  nestingMax: 100,
  spanBytesMax: 4 * 1024 * 1024,
  resourceBytesMax: 256 * 1024,
  itemsMax: 100_000,
}

/** What can be wrong with a span that is taken nevertheless; closed, the label of a metric. */
export const repairNames = [
  'service_name_missing',
  'service_name_type',
  'service_name_empty',
  'span_name_empty',
  'invalid_utf8',
  'negative_duration',
  'overlong_number',
  /** A span that is its own parent, which is none. */
  'own_parent',
  /** A span with a time that was moved to the nearest that can be held. */
  'time_range',
] as const
/** One of `repairNames`. */
export type RepairName = (typeof repairNames)[number]
