import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import type { FailureReport } from '../../failure-report.ts'
import type { ClusterOptions } from '../cluster-session.ts'
import type { Retentions } from './retentions.ts'

/** What the writing thread is started with. */
export interface WriterThreadOptions {
  /** Of the store; the thread has connections of its own. */
  readonly cluster: ClusterOptions
  readonly retentions: Retentions
  /** Bytes of the rows that one request may become. */
  readonly requestBytesMax: number
}

/** To the writing thread. */
export type WriterRequest =
  | {
      readonly kind: 'write'
      readonly id: number
      readonly tenant: string
      readonly batch: SpanBatch
      /** For `claimWrite`. */
      readonly state: Int32Array
    }
  /** The caller of a write went away before its commit began. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' }

/** How long one statement took, and how it ended. */
export interface StatementTime {
  readonly seconds: number
  readonly statement: string
  readonly outcome: string
}

/** From the writing thread. */
export type WriterAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureReport }
  /** Its requests are told too; none of them where a slot could not be closed. */
  | {
      readonly kind: 'commit_failed'
      readonly requestCount: number
      readonly failure: FailureReport
    }
  | { readonly kind: 'statements'; readonly times: readonly StatementTime[] }
