import { OpenBlock } from './open-block.ts'

/**
 * Full blocks whose memory the next ones get. V8 counts memory outside of its heap and collects all
 * garbage whenever 64 MiB of it were made, at full load several times a second.
 */
export class SpareBlocks {
  readonly #retentionMs: number
  readonly #blocksMax: number
  readonly #spares: OpenBlock[] = []

  /** @param blocksMax how many are kept at most */
  constructor(retentionMs: number, blocksMax: number) {
    this.#retentionMs = retentionMs
    this.#blocksMax = blocksMax
  }

  /** An empty block: a spare one, else one that is made for so many spans and bytes of their bodies. */
  take(spans: number, bodyBytes: number): OpenBlock {
    const spare = this.#spares.pop()
    if (spare === undefined) return new OpenBlock(this.#retentionMs, spans, bodyBytes)
    spare.clear()
    return spare
  }

  /** Takes a full block of which nobody holds anything any more. */
  give(block: OpenBlock): void {
    if (this.#spares.length < this.#blocksMax) this.#spares.push(block)
  }

  /** Lets go of all. */
  clear(): void {
    this.#spares.length = 0
  }
}
