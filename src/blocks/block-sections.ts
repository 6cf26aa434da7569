import { encodeHead } from './block-head.ts'
import type { BlockColumns, BlockIds, BlockSummary } from './block-view.ts'
import { buildPostings } from './build-postings.ts'
import type { OpenBlock } from './open-block.ts'

/** A sealed block without its bodies, each part to be kept and read on its own (docs/blocks.md). */
export interface BlockSections {
  readonly summary: BlockSummary
  readonly head: Uint8Array
  readonly columns: Uint8Array
  readonly ids: Uint8Array
  /** 16 bytes for each trace. */
  readonly traceIds: Uint8Array
  readonly terms: Uint8Array
}

/**
 * Seals a block: everything but its bodies, which are `block.joinCutBodies()`.
 *
 * @param seed any number that clients do not know, see `TermTable.fill`; nothing that is written
 *   depends on it
 */
export function sealBlock(block: OpenBlock, seed = 0): BlockSections {
  const { summary, columns, ids } = block
  return {
    summary,
    head: encodeHead(block, block.retentionMs),
    columns: encodeColumns(columns, ids.ownStarts),
    ids: encodeIds(ids, block.fronts),
    traceIds: block.traceIds.slice(),
    terms: buildPostings(block, seed),
  }
}

/** Of a block only what searches read besides its terms, for stores that keep bodies by trace. */
export function sealColumns(block: OpenBlock): Pick<BlockSections, 'head' | 'columns'> {
  const { columns, ids } = block
  return {
    head: encodeHead(block, block.retentionMs),
    columns: encodeColumns(columns, ids.ownStarts),
  }
}

/** Flags of `columns`: numbers too far apart for 32 bits; starts that were moved. */
const Flag = { wideStarts: 1, wideDurations: 2, moved: 4 } as const
const columnsHead = 16

/**
 *   f64 smallest own start, u32 flags, u32 0
 *   own starts     u32 µs after the smallest, or f64 µs since the epoch (flag 1)
 *   durations      u32 µs, or f64 (flag 2)
 *   groups, whats, traces   u16 each
 *
 * One entry a span; little-endian. Flag 4: an indexed start is not the span's own.
 */
function encodeColumns(columns: BlockColumns, ownStarts: Float64Array): Uint8Array {
  const { starts, durations, groups, whats, traces } = columns
  const count = starts.length
  let base = Number.POSITIVE_INFINITY
  let last = 0
  let longest = 0
  let isMoved = false
  for (let span = 0; span < count; span++) {
    const own = ownStarts[span] as number
    if (own < base) base = own
    if (own > last) last = own
    if ((durations[span] as number) > longest) longest = durations[span] as number
    if (starts[span] !== own) isMoved = true
  }
  const wideStarts = last - base > 0xffff_ffff
  const wideDurations = longest > 0xffff_ffff
  const size = columnsHead + count * ((wideStarts ? 8 : 4) + (wideDurations ? 8 : 4) + 6)
  const { buffer } = new Uint8Array(size)
  new Float64Array(buffer, 0, 1)[0] = base
  new Uint32Array(buffer, 8, 1)[0] =
    (wideStarts ? Flag.wideStarts : 0) |
    (wideDurations ? Flag.wideDurations : 0) |
    (isMoved ? Flag.moved : 0)
  let at = columnsHead
  // Wide numbers first, as they lie at offsets that 8 divides.
  const put = (isWide: boolean, numbers: Float64Array, from: number): void => {
    if (isWide) new Float64Array(buffer, at, count).set(numbers)
    else {
      const narrow = new Uint32Array(buffer, at, count)
      for (let span = 0; span < count; span++) narrow[span] = (numbers[span] as number) - from
    }
    at += count * (isWide ? 8 : 4)
  }
  if (wideDurations && !wideStarts) {
    put(true, durations, 0)
    put(false, ownStarts, base)
  } else {
    put(wideStarts, ownStarts, base)
    put(wideDurations, durations, 0)
  }
  for (const numbers of [groups, whats, traces]) {
    new Uint16Array(buffer, at, count).set(numbers)
    at += count * 2
  }
  return new Uint8Array(buffer)
}

/** What `columns` holds; the indexed starts are the own ones unless `isMoved`. */
export interface DecodedColumns extends Omit<BlockColumns, 'starts'> {
  readonly ownStarts: Float64Array
  readonly isMoved: boolean
}

/** The reverse of what `sealBlock` put into `columns`. */
export function decodeColumns(section: Uint8Array, count: number): DecodedColumns {
  checkLength(section, columnsHead)
  const { buffer, byteOffset } = aligned(section)
  const base = new Float64Array(buffer, byteOffset, 1)[0] as number
  const flags = new Uint32Array(buffer, byteOffset + 8, 1)[0] as number
  let at = byteOffset + columnsHead
  const take = (isWide: boolean, from: number): Float64Array => {
    const start = at
    at += count * (isWide ? 8 : 4)
    if (isWide) return new Float64Array(buffer, start, count)
    const narrow = new Uint32Array(buffer, start, count)
    const numbers = new Float64Array(count)
    for (let span = 0; span < count; span++) numbers[span] = from + (narrow[span] as number)
    return numbers
  }
  const short = (): Uint16Array => {
    at += count * 2
    return new Uint16Array(buffer, at - count * 2, count)
  }
  const wideStarts = (flags & Flag.wideStarts) !== 0
  const wideDurations = (flags & Flag.wideDurations) !== 0
  checkLength(section, columnsHead + count * ((wideStarts ? 8 : 4) + (wideDurations ? 8 : 4) + 6))
  const durationsFirst = wideDurations && !wideStarts
  const first = durationsFirst ? take(true, 0) : take(wideStarts, base)
  const second = durationsFirst ? take(false, base) : take(wideDurations, 0)
  return {
    ownStarts: durationsFirst ? second : first,
    durations: durationsFirst ? first : second,
    groups: short(),
    whats: short(),
    traces: short(),
    isMoved: (flags & Flag.moved) !== 0,
  }
}

/**
 *   u32 flags, u32 0
 *   span ids, parent ids   8 bytes each
 *   nanosecond remainders  u32; the highest bit is set where the body is cut (cut-bodies.ts)
 *   lengths                u16, or u32 (flag 1)
 */
function encodeIds(
  { spanIds, parentIds, nanoRemainders, lengths }: Omit<BlockIds, 'ownStarts'>,
  fronts: Uint8Array,
): Uint8Array {
  const count = lengths.length
  const isWide = lengths.some((length) => length > 0xffff)
  const { buffer } = new Uint8Array(idsHead + count * (20 + (isWide ? 4 : 2)))
  const bytes = new Uint8Array(buffer)
  new Uint32Array(buffer, 0, 1)[0] = isWide ? 1 : 0
  bytes.set(spanIds, idsHead)
  bytes.set(parentIds, idsHead + count * 8)
  const remainders = new Uint32Array(buffer, idsHead + count * 16, count)
  for (let span = 0; span < count; span++) {
    remainders[span] = (nanoRemainders[span] as number) | (fronts[span] === 0 ? 0 : cutBit)
  }
  const at = idsHead + count * 20
  if (isWide) new Uint32Array(buffer, at, count).set(lengths)
  else new Uint16Array(buffer, at, count).set(lengths)
  return bytes
}

const idsHead = 8
const cutBit = 0x8000_0000

/** What `ids` holds. */
export interface DecodedIds extends Omit<BlockIds, 'ownStarts'> {
  /** 1 where the body is cut. */
  readonly isCut: Uint8Array
}

/** The reverse of what `sealBlock` put into `ids`. */
export function decodeIds(section: Uint8Array, count: number): DecodedIds {
  checkLength(section, idsHead)
  const bytes = aligned(section)
  const { buffer, byteOffset } = bytes
  const isWide = (new Uint32Array(buffer, byteOffset, 1)[0] as number) === 1
  checkLength(section, idsHead + count * (isWide ? 24 : 22))
  const remainders = new Uint32Array(buffer, byteOffset + idsHead + count * 16, count)
  const nanoRemainders = new Uint32Array(count)
  const isCut = new Uint8Array(count)
  for (let span = 0; span < count; span++) {
    const remainder = remainders[span] as number
    nanoRemainders[span] = remainder & ~cutBit
    isCut[span] = remainder >>> 31
  }
  const at = byteOffset + idsHead + count * 20
  return {
    spanIds: bytes.subarray(idsHead, idsHead + count * 8),
    parentIds: bytes.subarray(idsHead + count * 8, idsHead + count * 16),
    nanoRemainders,
    lengths: isWide
      ? new Uint32Array(buffer, at, count)
      : Uint32Array.from(new Uint16Array(buffer, at, count)),
    isCut,
  }
}

/** The same bytes where typed arrays can lie over them. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
}

function checkLength(section: Uint8Array, least: number): void {
  if (section.length >= least) return
  throw new RangeError(`it has ${section.length} bytes, must have ${least}`)
}
