import { segmentBlocks, traceBuckets } from '../../blocks/segment.ts'
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
  /** Undefined for one that is damaged. */
  readonly #segments = new Map<number, SegmentTraces | undefined>()
  #reads = 0

  constructor(room: IndexRoom) {
    this.#room = room
  }

  /**
   * Counts a read of a trace, and sometimes takes in a segment for the reads that follow.
   *
   * @param inSegments of so many blocks, from the first, segments know
   */
  noteRead(connection: Buckets, inSegments: number): void {
    if (++this.#reads % readsPerSegment !== 0 || this.#room.isFull) return
    // One that is not full is written anew later.
    const full = Math.floor(inSegments / segmentBlocks)
    for (let segment = 0; segment < full; segment++) {
      if (this.#segments.has(segment)) continue
      const traces = segmentTraces(connection, segment)
      this.#segments.set(segment, traces)
      this.#room.take(traces?.sizeBytes ?? 0)
      return
    }
  }

  /**
   * Entries of a bucket of a segment's traces; undefined where there are none.
   *
   * @throws GatewayError 'store_corrupt'
   */
  bucket(connection: Buckets, segment: number, bucket: number): Uint8Array | undefined {
    const traces = this.#segments.get(segment)
    return traces?.bucket(bucket) ?? connection.traceBucket(segment, bucket)
  }

  /** Gives its room back. */
  clear(): void {
    for (const traces of this.#segments.values()) this.#room.take(-(traces?.sizeBytes ?? 0))
    this.#segments.clear()
  }
}

/** The buckets of a segment, one behind the other. */
class SegmentTraces {
  readonly #entries: Uint8Array
  /** Where each bucket begins, and where the last one ends. */
  readonly #starts = new Uint32Array(traceBuckets + 1)

  /** @param buckets by number, ascending */
  constructor(buckets: readonly (readonly [bucket: number, entries: Uint8Array])[]) {
    this.#entries = Buffer.concat(buckets.map(([, entries]) => entries))
    let at = 0
    let next = 0
    for (const [bucket, entries] of buckets) {
      while (next <= bucket) this.#starts[next++] = at
      at += entries.length
    }
    this.#starts.fill(at, next)
  }

  get sizeBytes(): number {
    return this.#entries.length + this.#starts.byteLength
  }

  bucket(bucket: number): Uint8Array {
    return this.#entries.subarray(this.#starts[bucket], this.#starts[bucket + 1])
  }
}

/** Undefined where one is damaged: who needs it is told when it is read. */
function segmentTraces(connection: Buckets, segment: number): SegmentTraces | undefined {
  try {
    return new SegmentTraces(connection.traceBuckets(segment))
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'store_corrupt') return undefined
    throw error
  }
}
