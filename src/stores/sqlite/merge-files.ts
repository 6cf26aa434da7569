import type { PlanNode } from '../../blocks/query-plan.ts'
import type { BlockRef } from '../../blocks/walk-blocks.ts'
import { aheadMaxMs } from '../../search/indexed-start.ts'
import type { BlockWindow } from './file-connection.ts'
import type { FileReader, OnDamaged } from './file-reader.ts'
import { reportDamage } from './file-reader.ts'
import { hourEndUnixMs } from './store-files.ts'

interface Source {
  /** No block that is left is later than this. */
  maxMicros: number
  /** Its next block; undefined before its file is opened. */
  next: BlockRef | undefined
  readonly rest: () => Iterator<BlockRef>
}

/**
 * The blocks of a window over all files by their largest start, newest first. A file is opened when
 * its turn comes: no span starts later than an hour after its arrival, as it is indexed, so that a
 * search for the newest traces ends before it has looked into old hours.
 */
export function* mergeFiles(
  files: readonly FileReader[],
  window: BlockWindow,
  plan: PlanNode,
  onDamaged: OnDamaged,
): Iterable<BlockRef> {
  const sources: Source[] = []
  for (const file of files) {
    const maxMicros = (hourEndUnixMs(file.file) + aheadMaxMs) * 1000
    if (maxMicros < window.minMicros) continue
    let iterator: Iterator<BlockRef> | undefined
    const rest = (): Iterator<BlockRef> => {
      iterator ??= file.refs(window, plan, onDamaged)[Symbol.iterator]()
      return iterator
    }
    sources.push({ maxMicros, next: undefined, rest })
  }
  while (sources.length > 0) {
    const latest = latestOf(sources)
    const { next } = latest
    if (!advance(latest, onDamaged)) sources.splice(sources.indexOf(latest), 1)
    if (next !== undefined) yield next
  }
}

function latestOf(sources: readonly Source[]): Source {
  return sources.reduce((latest, source) => (source.maxMicros > latest.maxMicros ? source : latest))
}

/** @returns false when the file has no more blocks, or cannot be read any more */
function advance(source: Source, onDamaged: OnDamaged): boolean {
  try {
    const { done, value } = source.rest().next()
    if (done) return false
    source.next = value
    source.maxMicros = value.summary.maxMicros
    return true
  } catch (error) {
    reportDamage(error, onDamaged)
    return false
  }
}
