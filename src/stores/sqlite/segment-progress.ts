import type { BlockView } from '../../blocks/block-view.ts'
import { Postings } from '../../blocks/postings.ts'
import { SegmentBuilder, segmentBlocks } from '../../blocks/segment.ts'
import type { SealedInCommit } from './pending-spans.ts'

/** A segment whose filter and traces are to be written. */
export interface FilledSegment {
  readonly id: number
  /** Of how many blocks, from its first. */
  readonly blocks: number
  readonly builder: SegmentBuilder
}

/**
 * Gathers the blocks of the segment that is not full yet. Blocks come as they are committed; those
 * that were stored by an earlier process are read back one by one, when there is time.
 */
export class SegmentProgress {
  #builder = new SegmentBuilder()
  /** Index (id - 1) of the next block to gather. */
  #next: number
  /** Blocks of the file. */
  #blocks: number
  /** What the file's segment knows of the blocks before it is written anew. */
  #written: number
  readonly #full: FilledSegment[] = []

  /**
   * @param blocks how many the file has
   * @param written of how many blocks its segments know, from the first
   */
  constructor(blocks: number, written: number) {
    this.#blocks = blocks
    this.#written = written
    // A segment that was written before it was full is made anew.
    this.#next = written - (written % segmentBlocks)
  }

  /** Blocks that were committed. */
  add(sealed: readonly SealedInCommit[]): void {
    for (const { id, open, sections } of sealed) {
      this.#blocks = Math.max(this.#blocks, id)
      if (id - 1 === this.#next) {
        this.#gather(open, new Postings(sections.terms, open.spanCount))
      }
    }
  }

  /** Id of a block that is to be gathered; undefined when there is nothing to do. */
  get missing(): number | undefined {
    return this.isWritten || this.#next >= this.#blocks ? undefined : this.#next + 1
  }

  /** True when all blocks are in segments that were written. */
  get isWritten(): boolean {
    return this.#written >= this.#blocks
  }

  /** Gathers the block that is missing. */
  addMissing(block: BlockView, postings: Postings): void {
    this.#gather(block, postings)
  }

  /** Gathers a block that is missing and damaged; see `SegmentBuilder.addUnknown`. */
  addDamaged(traceIds: Uint8Array): void {
    this.#gatherAt((slot) => this.#builder.addUnknown(slot, traceIds))
  }

  /** A segment that is full and not written yet; with `isLast` also one that is not full. */
  filled(isLast: boolean): FilledSegment | undefined {
    const [full] = this.#full
    if (full !== undefined) return full
    const blocks = this.#next % segmentBlocks
    if (!isLast || blocks === 0 || this.isWritten) return undefined
    return { id: (this.#next - blocks) / segmentBlocks, blocks, builder: this.#builder }
  }

  /** The segment is committed. */
  noteWritten({ id, blocks }: FilledSegment): void {
    if (this.#full[0]?.id === id) this.#full.shift()
    this.#written = id * segmentBlocks + blocks
  }

  #gather(block: BlockView, postings: Postings): void {
    this.#gatherAt((slot) => this.#builder.add(slot, block, postings.hashes))
  }

  #gatherAt(add: (slot: number) => void): void {
    const slot = this.#next % segmentBlocks
    add(slot)
    this.#next++
    if (slot < segmentBlocks - 1) return
    const id = (this.#next - segmentBlocks) / segmentBlocks
    this.#full.push({ id, blocks: segmentBlocks, builder: this.#builder })
    this.#builder = new SegmentBuilder()
  }
}
