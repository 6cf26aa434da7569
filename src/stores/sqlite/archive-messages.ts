import type { ArchivedTraceId, ArchiveRow } from '../archive/archive-rows.ts'
import type { FailureReport } from '../failure-report.ts'

/** What the archive's thread is started with. */
export interface ArchiveThreadOptions {
  readonly directory: string
  /** Most bytes of the file. */
  readonly bytesMax: number
}

/** To the archive's thread. */
export type ArchiveRequest =
  | {
      readonly kind: 'put'
      readonly id: number
      readonly trace: ArchivedTraceId
      readonly rows: readonly ArchiveRow[]
    }
  /** The next rows of a trace, behind a key. */
  | {
      readonly kind: 'list'
      readonly id: number
      readonly trace: ArchivedTraceId
      readonly after: Uint8Array
    }
  | { readonly kind: 'close' }

/** From the archive's thread. */
export type ArchiveAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly rows: readonly ArchiveRow[] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureReport }
