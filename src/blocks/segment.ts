import { TermLevel, textHash } from '../../bridge/model/term-hash.ts'
import type { BlockView } from './block-view.ts'
import type { PlanNode } from './query-plan.ts'
import { hashOf } from './trace-dictionary.ts'

/**
 * What up to 64 blocks hold, so that a search or a read of a trace opens only those that may have
 * what it looks for (docs/blocks.md).
 *
 * Terms are in a Bloom filter that is sliced by bits: 2^18 positions, and at each a bit for every
 * block, so that one term reads five places for all 64 blocks. It is kept in pages of 512 positions.
 * Traces are in 1,024 buckets by their hash, each a list of entries: 26 bits of the hash, then the
 * block's slot in six bits.
 */
export const segmentBlocks = 64

/** Pages of a segment's filter. */
export const filterPages = 512
/** Of each. */
const filterPageBytes = 4096

/** Buckets of a segment's traces. */
export const traceBuckets = 1024

const hashes = 5
const positionBits = 18
const positionsPerPage = 512

/** Gathers the blocks of a segment. */
export class SegmentBuilder {
  /** Two words of 32 bits for each position. */
  readonly #filter = new Uint32Array(2 ** positionBits * 2)
  /** One bit for each position: those of the block that is being added. */
  readonly #positions = new Uint32Array(2 ** positionBits / 32)
  readonly #buckets: number[][] = Array.from({ length: traceBuckets }, () => [])

  /** Adds a block with the hashes of its terms at a slot, 0 to 63. */
  add(slot: number, block: BlockView, terms: readonly ArrayLike<number>[]): void {
    this.#positions.fill(0)
    for (const some of terms) this.#setAll(some)
    this.#setAll([...nameHashes(block)])
    this.#merge(slot)
    this.#addTraces(slot, block.traceIds)
  }

  /**
   * Adds a block whose terms are not known, so that every search looks into it.
   *
   * @param traceIds 16 bytes each; none where they are not known either
   */
  addUnknown(slot: number, traceIds: Uint8Array): void {
    this.#positions.fill(0xffff_ffff)
    this.#merge(slot)
    this.#addTraces(slot, traceIds)
  }

  /** A plain loop: a call with each hash, or an iterator, makes an object of nearly every one. */
  #setAll(terms: ArrayLike<number>): void {
    const positions = this.#positions
    for (let index = 0; index < terms.length; index++) {
      let at = (terms[index] as number) | 0
      const step = stepOf(at)
      for (let round = 0; round < hashes; round++) {
        const position = at >>> (32 - positionBits)
        const word = position >>> 5
        positions[word] = (positions[word] as number) | (1 << (position & 31))
        at = (at + step) | 0
      }
    }
  }

  #addTraces(slot: number, traceIds: Uint8Array): void {
    for (let at = 0; at < traceIds.length; at += 16) {
      const hash = hashOf(traceIds, at)
      this.#buckets[bucketOf(hash)]?.push(((hash << 6) | slot) >>> 0)
    }
  }

  /**
   * Puts the block's bits beside those of the others, in order: set at random over the whole filter, they
   * would miss the processor's caches.
   */
  #merge(slot: number): void {
    const filter = this.#filter
    const half = slot >>> 5
    const bit = 1 << (slot & 31)
    const positions = this.#positions
    for (let word = 0; word < positions.length; word++) {
      for (let bits = positions[word] as number; bits !== 0; bits &= bits - 1) {
        const at = (word * 32 + 31 - Math.clz32(bits & -bits)) * 2 + half
        filter[at] = (filter[at] as number) | bit
      }
    }
  }

  /** The filter's pages; undefined where no bit is set. */
  *pages(): Iterable<{ readonly page: number; readonly bits: Uint8Array | undefined }> {
    const words = filterPageBytes / 4
    for (let page = 0; page < filterPages; page++) {
      const bits = this.#filter.subarray(page * words, (page + 1) * words)
      const isEmpty = bits.every((word) => word === 0)
      yield { page, bits: isEmpty ? undefined : new Uint8Array(bits.slice().buffer) }
    }
  }

  /** The entries of each bucket that has any. */
  *buckets(): Iterable<{ readonly bucket: number; readonly entries: Uint8Array }> {
    for (const [bucket, entries] of this.#buckets.entries()) {
      if (entries.length > 0)
        yield { bucket, entries: new Uint8Array(Uint32Array.from(entries).buffer) }
    }
  }
}

/** Blocks of a segment: bit i of `low` is slot i, of `high` slot 32 + i. */
export interface SlotMask {
  readonly low: number
  readonly high: number
}

/** True when the slot is in the mask. */
export function hasSlot({ low, high }: SlotMask, slot: number): boolean {
  return (((slot < 32 ? low : high) >>> (slot & 31)) & 1) === 1
}

/**
 * The blocks of a segment of which a plan may keep spans.
 *
 * @param readPage a page of the filter as `SegmentBuilder.pages` gave it
 */
export function segmentMask(
  node: PlanNode,
  readPage: (page: number) => Uint8Array | undefined,
): SlotMask {
  switch (node.kind) {
    case 'none':
      return { low: 0, high: 0 }
    case 'terms':
    case 'service':
    case 'name':
      return termsMask(node.hashes, readPage)
    case 'and':
      return node.parts.map((part) => segmentMask(part, readPage)).reduce(bothOf, full)
    case 'or':
      return node.parts.map((part) => segmentMask(part, readPage)).reduce(either, empty)
    default:
      return full
  }
}

const empty: SlotMask = { low: 0, high: 0 }
const full: SlotMask = { low: -1, high: -1 }

function either(left: SlotMask, right: SlotMask): SlotMask {
  return { low: left.low | right.low, high: left.high | right.high }
}

function bothOf(left: SlotMask, right: SlotMask): SlotMask {
  return { low: left.low & right.low, high: left.high & right.high }
}

function termsMask(
  wanted: Iterable<number>,
  readPage: (page: number) => Uint8Array | undefined,
): SlotMask {
  let mask = empty
  for (const hash of wanted) {
    mask = either(mask, termMask(hash, readPage))
    if ((mask.low & mask.high) === -1) break
  }
  return mask
}

function termMask(hash: number, readPage: (page: number) => Uint8Array | undefined): SlotMask {
  const step = stepOf(hash)
  let at = hash
  let low = -1
  let high = -1
  for (let round = 0; round < hashes && (low | high) !== 0; round++) {
    const position = at >>> (32 - positionBits)
    const page = readPage(Math.floor(position / positionsPerPage))
    if (page === undefined) return empty
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
    const offset = (position % positionsPerPage) * 8
    low &= view.getUint32(offset, true)
    high &= view.getUint32(offset + 4, true)
    at = (at + step) | 0
  }
  return { low, high }
}

/** An odd number from all bits of a hash, for the places after the first one. */
function stepOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d) | 1
}

/** Hashes of the names of spans and services of a block. */
export function* nameHashes(block: BlockView): Iterable<number> {
  const seen = new Set<string>()
  for (const { name } of block.whats) {
    if (seen.has(name)) continue
    seen.add(name)
    yield nameHash(name)
  }
  const services = new Set(block.groups.map(({ service }) => service))
  for (const service of services) {
    const bytes = Buffer.from(service)
    yield textHash(TermLevel.service, bytes, 0, bytes.length)
  }
}

/** The term of a span's name. */
export function nameHash(name: string): number {
  const bytes = Buffer.from(name)
  return textHash(TermLevel.name, bytes, 0, bytes.length)
}

/** The bucket in which a trace's entries are. */
export function traceBucketOf(traceId: Uint8Array): number {
  return bucketOf(hashOf(traceId, 0))
}

function bucketOf(hash: number): number {
  return hash >>> 22
}

/** What marks the entries of a trace in its bucket: 26 bits of its hash, to compare with `entry >>> 6`. */
export function traceMark(traceId: Uint8Array): number {
  return (hashOf(traceId, 0) << 6) >>> 6
}

/** Slots of the blocks that may have spans of the trace, from the entries of its bucket. */
export function traceSlots(entries: Uint8Array, traceId: Uint8Array): readonly number[] {
  const mark = traceMark(traceId)
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength)
  const slots: number[] = []
  for (let at = 0; at + 4 <= entries.length; at += 4) {
    const entry = view.getUint32(at, true)
    if (entry >>> 6 === mark) slots.push(entry & 0x3f)
  }
  return slots
}
