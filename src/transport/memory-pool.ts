/**
 * Pieces of memory that are used again and again, for messages and what is made of them.
 *
 * Fresh buffers for each request made V8 collect garbage ten times a second, a quarter of all that
 * receiving cost (docs/performance.md). Pooled memory is shared memory: a store's thread reads it
 * where it is, without a copy. V8 does not count shared memory and would not collect it in time, so
 * none is ever thrown away; when all is taken, whoever asks makes memory of its own.
 */
export class MemoryPool<Piece> {
  readonly #make: () => Piece
  readonly #piecesMax: number
  readonly #free: Piece[] = []
  #made = 0

  /** @param make a piece; called when one is first needed, at most `piecesMax` times */
  constructor(piecesMax: number, make: () => Piece) {
    this.#piecesMax = piecesMax
    this.#make = make
  }

  /** The piece that was given back last; undefined when all are taken. */
  take(): Piece | undefined {
    const free = this.#free.pop()
    if (free !== undefined || this.#made === this.#piecesMax) return free
    this.#made += 1
    return this.#make()
  }

  /** Takes a piece back: nobody reads any more what was in it. */
  give(piece: Piece): void {
    this.#free.push(piece)
  }
}

/** Longest message that is put together in pooled memory: 500 spans of 1,000 bytes. */
export const pooledBytesMax = 512 * 1024
/** As many as are on their way and in a store's commits at full load, with a reserve. */
const messagesMax = 64

/** Memory for messages of up to `pooledBytesMax`, for all listeners of the process. */
export function createMessagePool(): MemoryPool<Buffer> {
  return new MemoryPool(messagesMax, () => Buffer.from(new SharedArrayBuffer(pooledBytesMax)))
}
