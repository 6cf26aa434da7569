import {
  segmentBlocks,
  traceBucketOf,
  traceBuckets,
  traceMark,
  traceSlots,
} from '../../blocks/segment.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { FileConnection } from './file-connection.ts'

/** Where buckets are read from. */
type Buckets = Pick<FileConnection, 'traceBucket' | 'traceBuckets'>

/** What all files of a thread may keep of their segments' traces, in bytes; the last one may go beyond it. */
export class IndexRoom {
  #bytesLeft: number

  constructor(bytesMax: number) {
    this.#bytesLeft = bytesMax
  }

  get isFull(): boolean {
    return this.#bytesLeft <= 0
  }

  /** Counts bytes that are kept; fewer than none are given back. */
  take(sizeBytes: number): void {
    this.#bytesLeft -= sizeBytes
  }
}

/** One read in so many takes a segment in, which costs as much as 300 looks into buckets. */
const readsPerSegment = 4

/**
 * The traces of a file's segments, in memory as far as there is room. Every read of a trace looks into
 * one bucket of each segment, which from the file costs more than all else that finds the blocks; a
 * whole segment is only some 60 KB. What has no room is read from the file: taking turns would help
 * nobody, as every read needs them all.
 */
export class TraceIndex {
  readonly #room: IndexRoom
  readonly #segments: SegmentTraces[] = []
  #reads = 0

  constructor(room: IndexRoom) {
    this.#room = room
  }

  /**
   * Counts a read of a trace, and sometimes takes in a segment for the reads that follow.
   *
   * @param inSegments of so many blocks, from the first, segments know
   */
  noteRead(file: Buckets, inSegments: number): void {
    if (++this.#reads % readsPerSegment !== 0 || this.#room.isFull) return
    for (let segment = 0; segment * segmentBlocks < inSegments; segment++) {
      const blocks = blocksOf(segment, inSegments)
      const known = this.#segments[segment]
      if (known?.blocks === blocks) continue
      const traces = takeIn(file, segment, blocks)
      this.#room.take(traces.sizeBytes - (known?.sizeBytes ?? 0))
      this.#segments[segment] = traces
      return
    }
  }

  /**
   * Slots of the blocks of a segment that may have spans of the trace.
   *
   * @param inSegments as in `noteRead`
   * @throws GatewayError 'store_corrupt'
   */
  slots(
    file: Buckets,
    segment: number,
    inSegments: number,
    traceId: Uint8Array,
  ): readonly number[] {
    const known = this.#segments[segment]
    // A segment that was not full is written anew when there are more blocks.
    if (known?.blocks === blocksOf(segment, inSegments) && known.isReadable) {
      return known.slots(traceId)
    }
    const entries = file.traceBucket(segment, traceBucketOf(traceId))
    return entries === undefined ? [] : traceSlots(entries, traceId)
  }

  /** Gives its room back. */
  clear(): void {
    for (const { sizeBytes } of this.#segments) this.#room.take(-sizeBytes)
    this.#segments.length = 0
  }
}

function blocksOf(segment: number, inSegments: number): number {
  return Math.min(segmentBlocks, inSegments - segment * segmentBlocks)
}

/** The buckets of a segment, one behind the other. */
class SegmentTraces {
  /** Of how many blocks it knows. */
  readonly blocks: number
  /** False where a bucket is damaged: who needs it is told when it is read. */
  readonly isReadable: boolean
  readonly #entries: Uint32Array
  /** Where each bucket begins, and where the last one ends. */
  readonly #starts = new Uint32Array(traceBuckets + 1)

  /** @param buckets by number, ascending; undefined when they cannot be read */
  constructor(blocks: number, buckets: ReturnType<Buckets['traceBuckets']> | undefined) {
    this.blocks = blocks
    this.isReadable = buckets !== undefined
    const known = buckets ?? []
    const length = known.reduce((sum, [, entries]) => sum + (entries.length >>> 2), 0)
    this.#entries = new Uint32Array(length)
    let at = 0
    let next = 0
    for (const [bucket, entries] of known) {
      while (next <= bucket) this.#starts[next++] = at
      const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength)
      for (let from = 0; from + 4 <= entries.length; from += 4) {
        this.#entries[at++] = view.getUint32(from, true)
      }
    }
    this.#starts.fill(at, next)
  }

  get sizeBytes(): number {
    return this.#entries.byteLength + this.#starts.byteLength
  }

  /** As `traceSlots` of the trace's bucket. */
  slots(traceId: Uint8Array): readonly number[] {
    const bucket = traceBucketOf(traceId)
    const mark = traceMark(traceId)
    const end = this.#starts[bucket + 1] as number
    let slots: number[] | undefined
    for (let at = this.#starts[bucket] as number; at < end; at++) {
      const entry = this.#entries[at] as number
      if (entry >>> 6 !== mark) continue
      slots ??= []
      slots.push(entry & 0x3f)
    }
    return slots ?? noSlots
  }
}

const noSlots: readonly number[] = []

function takeIn(file: Buckets, segment: number, blocks: number): SegmentTraces {
  try {
    return new SegmentTraces(blocks, file.traceBuckets(segment))
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === 'store_corrupt')) throw error
    return new SegmentTraces(blocks, undefined)
  }
}
