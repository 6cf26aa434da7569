import { latin1Of } from '../../../../bridge/wire/bytes-text.ts'
import { ByteCache } from '../../byte-cache.ts'
import type { BlockRows } from './block-rows.ts'
import type { SlotNames } from './slot-names.ts'

const partsBytesMax = 32 * 1024 * 1024
const blocksBytesMax = 32 * 1024 * 1024
const namesBytesMax = 8 * 1024 * 1024
/** Of a name in a map. */
const nameBytes = 48
/** Objects around the bytes of an entry. */
const entryBytes = 512

/**
 * What searches have read, for those that come next: keys follow from the content, so that nothing in
 * here ever changes. What has expired is told by a block's arrivals, not by its rows being gone.
 */
export class ReadCache {
  readonly #parts = new ByteCache<readonly Uint8Array[]>(partsBytesMax)
  readonly #blocks = new ByteCache<BlockRows>(blocksBytesMax)

  readonly #names = new ByteCache<SlotNames>(namesBytesMax)

  /** The names of a closed slot. */
  names(key: string): SlotNames | undefined {
    return this.#names.get(key)
  }

  keepNames(key: string, names: SlotNames): void {
    this.#names.set(key, names, entryBytes + names.masks.size * nameBytes)
  }

  /** The parts of a trace that a portion brought. */
  parts(key: string): readonly Uint8Array[] | undefined {
    return this.#parts.get(key)
  }

  keepParts(key: string, parts: readonly Uint8Array[]): void {
    const size = parts.reduce((sum, { length }) => sum + length, 0)
    this.#parts.set(key, parts, size + entryBytes)
  }

  /** The rows of a block. */
  block(key: string): BlockRows | undefined {
    return this.#blocks.get(key)
  }

  keepBlock(key: string, rows: BlockRows): void {
    const size = rows.head.length + rows.columns.length + rows.traceIds.length
    this.#blocks.set(key, rows, size + entryBytes * (1 + rows.origins.length))
  }
}

/** A key of ids of a fixed length, which come first, and a tenant. */
export function cacheKey(tenant: string, ...ids: readonly Uint8Array[]): string {
  return `${ids.map((id) => latin1Of(id)).join('')}${tenant}`
}
