import type { BlockRef } from '../../../blocks/walk-blocks.ts'
import type { BlockSource } from './slot-blocks.ts'

/** Sources that are loaded at a time. */
const loadsMax = 16

/**
 * The blocks of all sources by their largest start, newest first. Where one has to be read that may
 * have the next block, what has to be waited for comes in its place.
 */
export function* mergeSources(
  sources: readonly BlockSource[],
): Generator<BlockRef<Promise<void>> | Promise<void>> {
  let left = sources.filter(({ nextMicros }) => nextMicros !== undefined)
  while (left.length > 0) {
    const next = left.reduce((first, source) => (isBefore(source, first) ? source : first))
    if (next.mustLoad) {
      const micros = loadedMicros(left) ?? next.nextMicros ?? 0
      const loads = left.filter((source) => source.mustLoad && (source.nextMicros ?? 0) >= micros)
      yield loadAll(loads.slice(0, loadsMax))
      left = left.filter(({ nextMicros }) => nextMicros !== undefined)
    } else {
      yield next.take()
      if (next.nextMicros === undefined) left = left.filter((source) => source !== next)
    }
  }
}

/** Of two with the same time the one that must be loaded: it may have a block of that time. */
function isBefore(left: BlockSource, right: BlockSource): boolean {
  const difference = (left.nextMicros ?? 0) - (right.nextMicros ?? 0)
  return difference > 0 || (difference === 0 && left.mustLoad && !right.mustLoad)
}

/** Time of the newest block that is there; undefined when none is. */
function loadedMicros(sources: readonly BlockSource[]): number | undefined {
  const times = sources.filter(({ mustLoad }) => !mustLoad).map(({ nextMicros }) => nextMicros ?? 0)
  return times.length === 0 ? undefined : times.reduce((most, time) => Math.max(most, time))
}

async function loadAll(sources: readonly BlockSource[]): Promise<void> {
  await Promise.all(sources.map((source) => source.load()))
}
