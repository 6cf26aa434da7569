import type Database from 'better-sqlite3'
import type { BlockSections } from '../../blocks/block-sections.ts'
import type { BlockSummary } from '../../blocks/block-view.ts'
import type { BlockSource } from '../../blocks/sealed-block.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { checked } from './checksum.ts'
import { decodeChunk } from './chunk-codec.ts'
import { packedSections, sectionId } from './format.ts'
import { failureOf } from './store-failure.ts'
import type { ChunkPlace } from './write-statements.ts'
import { decodeChunkPlaces } from './write-statements.ts'

/** Reads parts of blocks over one connection; every read is a transaction of its own. */
export class BlockReads {
  readonly #section: Database.Statement<[number], Uint8Array>
  readonly #chunk: Database.Statement<[number], Uint8Array>
  readonly #places: Database.Statement<[number], Uint8Array>

  constructor(database: Database.Database) {
    this.#section = database.prepare('SELECT bytes FROM section WHERE id = ?').pluck() as never
    this.#chunk = database.prepare('SELECT bytes FROM chunk WHERE id = ?').pluck() as never
    this.#places = database.prepare('SELECT chunks FROM block WHERE id = ?').pluck() as never
  }

  /** @throws GatewayError 'store_corrupt' when it is damaged or missing, like the others here */
  section(block: number, name: keyof Omit<BlockSections, 'summary'>): Uint8Array {
    const place = sectionId(block, name)
    const what = `part "${name}" of block ${block}`
    const stored = present(
      readable(() => this.#section.get(place)),
      what,
    )
    return packedSections.has(name)
      ? decodeChunk(stored, what, place)
      : checked(stored, what, place)
  }

  /** Where the bodies of a block are. */
  chunkPlaces(block: number): readonly ChunkPlace[] {
    return decodeChunkPlaces(
      present(
        readable(() => this.#places.get(block)),
        `block ${block}`,
      ),
    )
  }

  /** A chunk as it is stored. */
  storedChunk(id: number): Uint8Array {
    return present(
      readable(() => this.#chunk.get(id)),
      `chunk ${id}`,
    )
  }

  /** The bodies of a chunk. */
  chunk(id: number): Uint8Array {
    return decodeChunk(this.storedChunk(id))
  }
}

/** What a `SealedBlock` reads of a block. */
export class StoredBlock implements BlockSource {
  readonly id: number
  readonly summary: BlockSummary
  readonly #reads: () => BlockReads
  readonly #onRead: (sizeBytes: number) => void
  readonly #chunkOf: (id: number, read: () => Uint8Array) => Uint8Array
  #places: readonly ChunkPlace[] | undefined

  constructor(options: {
    readonly id: number
    readonly summary: BlockSummary
    readonly reads: () => BlockReads
    /** Told of the size of what the block will keep. */
    readonly onRead?: (sizeBytes: number) => void
    /** Looks for a chunk's bodies where they may be already. */
    readonly chunkOf?: (id: number, read: () => Uint8Array) => Uint8Array
  }) {
    this.id = options.id
    this.summary = options.summary
    this.#reads = options.reads
    this.#onRead = options.onRead ?? (() => {})
    this.#chunkOf = options.chunkOf ?? ((_id, read) => read())
  }

  section(name: keyof Omit<BlockSections, 'summary'>): Uint8Array {
    const bytes = this.#reads().section(this.id, name)
    this.#onRead(bytes.length)
    return bytes
  }

  chunkStarts(): ArrayLike<number> {
    return this.#chunkPlaces().map(({ first }) => first)
  }

  chunk(index: number): Uint8Array {
    const place = this.#chunkPlaces()[index]
    if (place === undefined) throw damagedBlock(`block ${this.id} has no chunk ${index}`)
    return this.#chunkOf(place.id, () => this.#reads().chunk(place.id))
  }

  #chunkPlaces(): readonly ChunkPlace[] {
    this.#places ??= this.#reads().chunkPlaces(this.id)
    return this.#places
  }
}

/** Statement that reads the summary of a block; see `summaryOf`. */
export const summarySql = `SELECT min_micros, max_micros, duration_max, arrival_min, arrival_max,
  span_count FROM block WHERE id = ?`

/** Columns of a block's summary, in the order of `summarySql`. */
export type SummaryColumns = readonly [number, number, number, number, number, number]

/** The summary of these columns. */
export function summaryOf(columns: SummaryColumns): BlockSummary {
  const [minMicros, maxMicros, durationMaxMicros, arrivalMin, arrivalMax, spanCount] = columns
  return {
    spanCount,
    minMicros,
    maxMicros,
    durationMaxMicros,
    arrivalMinUnixMs: arrivalMin,
    arrivalMaxUnixMs: arrivalMax,
  }
}

/**
 * Runs a read of stored spans. What SQLite cannot read, for damage of its own or of the disk, is
 * damage: the rest of an answer can do without.
 *
 * @throws GatewayError 'store_corrupt'
 */
export function readable<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    const failure = failureOf('Cannot read stored spans', error)
    if (!(failure instanceof GatewayError) || failure.code === 'store_corrupt') throw failure
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('SQLITE_IOERR')) throw failure
    throw new GatewayError('store_corrupt', failure.message, { cause: error })
  }
}

function present(stored: Uint8Array | undefined, what: string): Uint8Array {
  if (stored === undefined) throw damagedBlock(`${what} is missing`)
  return stored
}

function damagedBlock(state: string): GatewayError {
  return new GatewayError('store_corrupt', `Cannot read stored spans: ${state}`)
}
