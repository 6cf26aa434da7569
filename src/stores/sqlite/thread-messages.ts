import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import type { FailureReport } from '../failure-report.ts'
import type { BlockLimits } from './pending-spans.ts'

/** What both kinds of threads are started with. */
export interface ThreadOptions {
  readonly directory: string
}

/** What the writer thread is started with. */
export interface WriterOptions extends ThreadOptions {
  readonly retentionMs: number
  /** How long the first request of a commit waits for others. */
  readonly groupWaitMs: number
  /** Spans that make a commit large enough to wait no longer. */
  readonly groupSpansMax: number
  readonly blockLimits: BlockLimits
  /** A file of this size is followed by another one of the same hour. */
  readonly fileBytesMax: number
  /** Names of files that an earlier process did not finish. */
  readonly unfinished: readonly string[]
  /** True where spans of format 0 are to be written anew first. */
  readonly hasOldFile: boolean
}

/** To the writer thread. */
export type WriterRequest =
  | {
      readonly kind: 'write'
      readonly id: number
      readonly tenant: string
      readonly batch: SpanBatch
      /** For `claimWrite`. */
      readonly state: Int32Array
    }
  /** These files are about to be removed. */
  | { readonly kind: 'release'; readonly id: number; readonly names: readonly string[] }
  | { readonly kind: 'close' }

/** From the writer thread. */
export type WriterAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written'; readonly ids: readonly number[] }
  | { readonly kind: 'released'; readonly id: number }
  | { readonly kind: 'release_failed'; readonly id: number; readonly failure: FailureReport }
  | { readonly kind: 'file_damaged'; readonly path: string; readonly failure: FailureReport }
  | { readonly kind: 'importing'; readonly spanCount: number; readonly percent: number }
  | { readonly kind: 'imported'; readonly spanCount: number; readonly damagedRows: number }
  | { readonly kind: 'failed'; readonly ids: readonly number[]; readonly failure: FailureReport }

/** What a reader thread can be asked; nothing that arrived before `keptSinceUnixMs` is answered. */
export type ReadJob = { readonly tenant: string; readonly keptSinceUnixMs: number } & ReadOperation

/** The operations of a `ReadJob`. */
export type ReadOperation =
  /** These traces, one after the other. */
  | { readonly op: 'traces'; readonly traceIds: readonly Uint8Array[] }
  | {
      readonly op: 'find' | 'summaries'
      readonly query: SpanQuery
      readonly bounds: SearchBounds
    }
  | { readonly op: 'services' }
  | {
      readonly op: 'operations'
      readonly service: string
      readonly spanKind: number | undefined
    }
  /** How many spans a file holds. */
  | { readonly op: 'count'; readonly file: string }
  /** What a file holds, of all tenants: one `FileContents`, nothing for a file that is not there. */
  | { readonly op: 'contents'; readonly file: string }
  /** Which traces a file has, at most so many; see `lastTraceKeys`. */
  | { readonly op: 'traceKeys'; readonly file: string; readonly keysMax: number }
  /** Lets go of files that are not there any more. */
  | { readonly op: 'refresh' }

/** To a reader thread. */
export type ReaderRequest =
  | {
      readonly kind: 'start'
      readonly id: number
      readonly job: ReadJob
      /** One number, 1 once nobody wants the answer any more. */
      readonly cancelled: Int32Array
    }
  /** The consumer took one message; the thread may send another. */
  | { readonly kind: 'more'; readonly id: number }
  /** Wakes a job that waits, so that it sees its `cancelled`. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' }

/** From a reader thread; `items` are what the job gives, in order. */
export type ReaderAnswer =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'items'
      readonly id: number
      readonly items: readonly unknown[]
      /** True where nothing follows, not even an `end`. */
      readonly isLast: boolean
    }
  | { readonly kind: 'end'; readonly id: number }
  /** Something could not be read; the answer goes on without it. */
  | { readonly kind: 'damaged'; readonly id: number; readonly failure: FailureReport }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureReport }

/** Messages of one job that may be on their way, or waiting for the consumer, at once. */
export const messagesInFlightMax = 2

/** What a file holds; repeats are counted. */
export interface FileContents {
  readonly spanCount: number
  /** ms since the epoch; undefined without spans. */
  readonly arrivalMinUnixMs: number | undefined
  readonly arrivalMaxUnixMs: number | undefined
}

/** A part of a trace, as it crosses threads. */
export interface TracePart {
  /** Of the trace among those that were asked for. */
  readonly index: number
  readonly part: SpanBatch
}

/** A trace that a search found, as it crosses threads. */
export interface FoundTrace {
  readonly kind: 'trace'
  readonly traceId: Uint8Array
  readonly newestMatchMicros: number
}
