import { grpcPrefixBytes } from './inbound-connection.ts'
import { copyToShared } from './shared-copy.ts'

/**
 * A message in one or more Buffers. Those of one over `wholeBytesMax` share their memory with nothing
 * else; those of a shorter one are what was read from the socket, where others lie beside.
 */
export type Pieces = readonly Buffer[]

/** What a collector has to know of the message; the stream's account reads it from the prefix. */
export interface MessageLength {
  readonly declaredBytes: number | undefined
}

/** Gives shared memory for a whole message of so many bytes; undefined where it is to make its own. */
export type MessageMemory = (sizeBytes: number) => Buffer | undefined

/**
 * A larger message stays in pieces: to put them together holds the event loop for 0.8 ms a MiB (50 ms
 * for 64 MiB), most of it for memory that is touched the first time.
 */
export const wholeBytesMax = 1024 * 1024

/** Shorter pieces are copied: each would keep the buffer of a whole read, up to 64 KiB, alive. */
const ownPieceBytesMin = 2 * 1024
const blockBytesMin = 4 * 1024
const blockBytesMax = 1024 * 1024

/**
 * Puts the bytes of one message together as they come.
 *
 * What it allocates grows with what has arrived, never by the length that the prefix claims.
 */
export class MessageCollector {
  readonly #length: MessageLength
  readonly #memoryFor: MessageMemory
  #memory: Buffer | undefined
  readonly #pieces: Buffer[] = []
  #skipBytes: number
  #takenBytes = 0
  #block: Buffer | undefined
  #blockStart = 0
  #blockEnd = 0

  /** @param prefixBytes what comes before the message and is left out */
  constructor(
    length: MessageLength,
    memoryFor: MessageMemory = () => undefined,
    prefixBytes = grpcPrefixBytes,
  ) {
    this.#skipBytes = prefixBytes
    this.#length = length
    this.#memoryFor = memoryFor
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @returns how many belong to the message or its prefix; fewer than given when it has ended before
   */
  take(chunk: Buffer): number {
    const skipped = Math.min(this.#skipBytes, chunk.length)
    this.#skipBytes -= skipped
    const { declaredBytes } = this.#length
    if (declaredBytes === undefined || this.#skipBytes > 0) return skipped
    const end = Math.min(chunk.length, skipped + declaredBytes - this.#takenBytes)
    if (end > skipped) {
      if (this.#takenBytes === 0) this.#memory = this.#memoryFor(declaredBytes)
      if (this.#memory === undefined) this.#keep(chunk, skipped, end, declaredBytes)
      else {
        copyToShared(chunk, skipped, end, this.#memory, this.#takenBytes)
        this.#takenBytes += end - skipped
      }
    }
    return end
  }

  /** True once the whole message is there. */
  get complete(): boolean {
    return this.#skipBytes === 0 && this.#takenBytes === this.#length.declaredBytes
  }

  /** The message, once. */
  finish(): Pieces {
    if (this.#memory !== undefined) return [this.#memory.subarray(0, this.#takenBytes)]
    this.#endBlock()
    this.#block = undefined
    return this.#pieces.splice(0)
  }

  #keep(chunk: Buffer, start: number, end: number, declaredBytes: number): void {
    const sizeBytes = end - start
    if (declaredBytes <= wholeBytesMax && sizeBytes >= ownPieceBytesMin) {
      this.#endBlock()
      this.#pieces.push(chunk.subarray(start, end))
      this.#takenBytes += sizeBytes
      return
    }
    for (let at = start; at < end; ) {
      const block = this.#room(declaredBytes - this.#takenBytes)
      const copied = chunk.copy(block, this.#blockEnd, at, end)
      this.#blockEnd += copied
      this.#takenBytes += copied
      at += copied
    }
  }

  /** A block with room, as long as what has come so far. */
  #room(missingBytes: number): Buffer {
    if (this.#block !== undefined && this.#blockEnd < this.#block.length) return this.#block
    this.#endBlock()
    const sizeBytes = Math.min(Math.max(this.#takenBytes, blockBytesMin), blockBytesMax)
    this.#block = Buffer.allocUnsafeSlow(Math.min(sizeBytes, missingBytes))
    this.#blockStart = 0
    this.#blockEnd = 0
    return this.#block
  }

  #endBlock(): void {
    if (this.#block === undefined || this.#blockEnd === this.#blockStart) return
    this.#pieces.push(this.#block.subarray(this.#blockStart, this.#blockEnd))
    this.#blockStart = this.#blockEnd
  }
}

/** Puts pieces into one of its own, unless they are larger than `wholeBytesMax` together. */
export function inFewPieces(pieces: Pieces, sizeBytes: number): Pieces {
  return sizeBytes > wholeBytesMax ? pieces : [Buffer.concat(pieces, sizeBytes)]
}

/** All pieces in one. */
export function inOnePiece(pieces: Pieces): Buffer {
  const [first] = pieces
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces)
}
