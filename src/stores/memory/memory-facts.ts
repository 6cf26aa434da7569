import type { BlockSummary } from '../../blocks/block-view.ts'
import type { StoreFacts } from '../../ports/store-facts.ts'
import type { MemoryArchive } from './memory-archive.ts'

/** What the facts of a store in memory are made of. */
export interface MemoryContents {
  readonly summaries: Iterable<BlockSummary>
  readonly sizeBytes: number
  readonly bytesMax: number
  readonly retentionMs: number
  /** What arrived before is not shown any more, though its block may be there. */
  readonly keptSinceUnixMs: number
  readonly archive: MemoryArchive
}

/** The facts of a store in memory. */
export function memoryFacts(contents: MemoryContents): StoreFacts {
  const { summaries, sizeBytes, bytesMax, retentionMs, keptSinceUnixMs, archive } = contents
  let spanCount = 0
  let oldest = Number.POSITIVE_INFINITY
  let newest = 0
  for (const summary of summaries) {
    spanCount += summary.spanCount
    oldest = Math.min(oldest, summary.arrivalMinUnixMs)
    newest = Math.max(newest, summary.arrivalMaxUnixMs)
  }
  const oldestArrivalUnixMs = Math.max(oldest, keptSinceUnixMs)
  return {
    ...(spanCount > 0 && {
      oldestArrivalUnixMs,
      newestArrivalUnixMs: newest,
      nextExpiryUnixMs: oldestArrivalUnixMs + retentionMs,
    }),
    details: {
      kind: 'memory',
      spanCount,
      sizeBytes,
      bytesMax,
      archiveBytes: archive.sizeBytes,
      archiveBytesMax: archive.bytesMax,
    },
  }
}
