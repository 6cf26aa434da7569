import type { BlockView } from '../../blocks/block-view.ts'
import type { PlanNode } from '../../blocks/query-plan.ts'
import { SealedBlock } from '../../blocks/sealed-block.ts'
import type { SlotMask } from '../../blocks/segment.ts'
import { hasSlot, segmentBlocks, segmentMask } from '../../blocks/segment.ts'
import { findTrace } from '../../blocks/trace-dictionary.ts'
import type { BlockRef } from '../../blocks/walk-blocks.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ByteCache } from '../byte-cache.ts'
import type { BlockRow, BlockWindow, FileConnection, FileExtent } from './file-connection.ts'
import type { RawPending } from './pending-row.ts'
import { openBlockOf } from './pending-row.ts'
import type { StoreFile } from './store-files.ts'
import { readable, StoredBlock } from './stored-block.ts'
import type { IndexRoom } from './trace-index.ts'
import { TraceIndex } from './trace-index.ts'

/** What the files of a thread share. */
export interface ReaderCaches {
  readonly traces: IndexRoom
  /** Sealed blocks and pending ones, by file and number. */
  readonly views: ByteCache<BlockView>
  /** Bodies of chunks. */
  readonly chunks: ByteCache<Uint8Array>
}

/** Spans that are in no block yet, as a block. */
interface PendingRef extends BlockRef {
  open(): BlockView
}

/** What a tenant has in a file as long as nobody commits anything. */
interface FileMoment {
  readonly connection: FileConnection
  readonly version: number
  readonly tenant: string
  readonly extent: FileExtent
  /** Blocks that no segment knows, in the order in which they were stored. */
  readonly unsegmented: readonly BlockRow[]
  /** In the order in which they came. */
  readonly pending: readonly PendingRef[]
}

/** Told of what could not be read; the answer goes on without it. */
export type OnDamaged = (error: GatewayError) => void

/** A file that was removed while it was read; nothing is said of it, as it holds nothing any more. */
export class RemovedFile extends GatewayError {
  constructor(path: string) {
    super('store_corrupt', `Cannot read stored spans: "${path}" was removed`)
  }
}

/** One file of the directory, for reading. Its connection may be closed at any time between reads. */
export class FileReader {
  readonly file: StoreFile
  readonly path: string
  /** Tells it from another file that had the same name. */
  readonly #serial: number
  readonly #caches: ReaderCaches
  readonly #connect: () => FileConnection
  readonly #traces: TraceIndex
  /** The last one that was read. */
  #moment: FileMoment | undefined

  constructor(options: {
    readonly file: StoreFile
    readonly path: string
    readonly serial: number
    readonly caches: ReaderCaches
    readonly connect: () => FileConnection
  }) {
    this.file = options.file
    this.path = options.path
    this.#serial = options.serial
    this.#caches = options.caches
    this.#connect = options.connect
    this.#traces = new TraceIndex(options.caches.traces)
  }

  /** The file is gone: gives back the memory that it keeps for itself. */
  forget(): void {
    this.#traces.clear()
    this.#moment = undefined
  }

  /** Runs a read. @throws GatewayError 'store_corrupt' for damage, `RemovedFile` among it */
  read<Result>(work: (connection: FileConnection) => Result): Result {
    return readable(() => work(this.#connect()))
  }

  /** The blocks and pending spans of a window by their largest start, newest first. */
  *refs(window: BlockWindow, plan: PlanNode, onDamaged: OnDamaged): Iterable<BlockRef> {
    // Pending spans first: what becomes a block meanwhile is seen twice, and not missed.
    const { moment, first } = this.read((connection) => ({
      moment: this.#momentOf(connection, window.tenant, onDamaged),
      first: connection.blocks(window, undefined, blocksInFirstList),
    }))
    const { extent } = moment
    const pending = [...moment.pending].sort(
      (left, right) => right.summary.maxMicros - left.summary.maxMicros,
    )
    const masks = new SegmentMasks(this, plan, extent, onDamaged)
    let rows = first
    let listed = blocksInFirstList
    let at = 0
    for (;;) {
      if (at === rows.length && rows.length === listed) {
        const last = rows.at(-1)
        listed = blocksPerList
        rows = this.read((connection) => connection.blocks(window, last, blocksPerList))
        at = 0
      }
      const row = rows[at]
      const [next] = pending
      if (next !== undefined && next.summary.maxMicros >= (row?.summary.maxMicros ?? 0)) {
        pending.shift()
        yield next
        continue
      }
      if (row === undefined) return
      at++
      yield {
        summary: row.summary,
        mayMatch: () => masks.has(row.id),
        open: () => this.#sealed(row),
      }
    }
  }

  /** The blocks that have spans of a trace, in the order in which they were stored. */
  *blocksOf(
    key: { readonly tenant: string; readonly traceId: Uint8Array },
    onDamaged: OnDamaged,
  ): Iterable<BlockView> {
    const { tenant, traceId } = key
    const { rows, moment } = this.read((connection) => {
      // Pending spans first: what becomes a block meanwhile comes twice, which readers notice.
      const moment = this.#momentOf(connection, tenant, onDamaged)
      const found = this.#blocksInSegments(connection, moment.extent, traceId, onDamaged)
        .map((id) => connection.block(id, tenant))
        .filter((row) => row !== undefined)
      return { rows: [...found, ...moment.unsegmented], moment }
    })
    for (const row of rows) yield* withTrace(() => this.#sealed(row), traceId, onDamaged)
    for (const ref of moment.pending) yield* withTrace(() => ref.open(), traceId, onDamaged)
  }

  /** Blocks that may have spans of a trace, ascending. */
  #blocksInSegments(
    connection: FileConnection,
    { inSegments }: FileExtent,
    traceId: Uint8Array,
    onDamaged: OnDamaged,
  ): number[] {
    this.#traces.noteRead(connection, inSegments)
    const ids = new Set<number>()
    for (let first = 0; first < inSegments; first += segmentBlocks) {
      const end = Math.min(first + segmentBlocks, inSegments)
      try {
        const slots = this.#traces.slots(connection, first / segmentBlocks, inSegments, traceId)
        for (const slot of slots) if (first + slot < end) ids.add(first + slot + 1)
      } catch (error) {
        reportDamage(error, onDamaged)
        for (let id = first + 1; id <= end; id++) ids.add(id)
      }
    }
    return [...ids].sort((left, right) => left - right)
  }

  /** As it was read last, unless somebody has committed since. */
  #momentOf(connection: FileConnection, tenant: string, onDamaged: OnDamaged): FileMoment {
    const last = this.#moment
    if (
      last?.connection === connection &&
      last.tenant === tenant &&
      last.version === connection.version()
    ) {
      return last
    }
    this.#moment = connection.transaction(() => {
      const version = connection.version()
      const extent = connection.extent()
      const unsegmented = connection.blocksAfter(extent.inSegments, tenant)
      const pending = this.#pendingRefs(connection, tenant, onDamaged)
      return { connection, version, tenant, extent, unsegmented, pending }
    })
    return this.#moment
  }

  /** Pending rows in the order in which they came; what is not kept yet is read now, as it may be gone later. */
  #pendingRefs(connection: FileConnection, tenant: string, onDamaged: OnDamaged): PendingRef[] {
    const refs: PendingRef[] = []
    for (const { id, summary } of connection.pending(tenant)) {
      const key = `${this.#serial}/pending/${id}`
      const kept = this.#caches.views.get(key)
      if (kept !== undefined) {
        refs.push({ summary, open: () => kept })
        continue
      }
      try {
        const raw = connection.rawPending(id)
        let view: BlockView | undefined
        const open = (): BlockView => {
          view ??= this.#keepPending(key, raw)
          return view
        }
        refs.push({ summary, open })
      } catch (error) {
        reportDamage(error, onDamaged)
      }
    }
    return refs
  }

  #keepPending(key: string, raw: RawPending): BlockView {
    const kept = this.#caches.views.get(key)
    if (kept !== undefined) return kept
    const view = openBlockOf(raw)
    this.#caches.views.set(key, view, view.sizeBytes)
    return view
  }

  #sealed({ id, summary }: BlockRow): BlockView {
    const key = `${this.#serial}/block/${id}`
    const kept = this.#caches.views.get(key)
    if (kept !== undefined) return kept
    const { views, chunks } = this.#caches
    const view = new SealedBlock(
      new StoredBlock({
        id,
        summary,
        reads: () => this.#connect().reads,
        // A decoded part takes about as much again.
        onRead: (sizeBytes) => views.grow(key, sizeBytes * 2),
        chunkOf: (chunk, read) => {
          const chunkKey = `${this.#serial}/${chunk}`
          const bodies = chunks.get(chunkKey) ?? read()
          chunks.set(chunkKey, bodies, bodies.length)
          return bodies
        },
      }),
    )
    views.set(key, view, 1024)
    return view
  }
}

/** Blocks that are listed at first, often enough for the newest traces, and then at once. */
const blocksInFirstList = 16
const blocksPerList = 128

/** Which blocks the segments of a file have for one query; each segment is asked once. */
class SegmentMasks {
  readonly #file: FileReader
  readonly #plan: PlanNode
  readonly #extent: FileExtent
  readonly #onDamaged: OnDamaged
  readonly #masks = new Map<number, SlotMask>()

  constructor(file: FileReader, plan: PlanNode, extent: FileExtent, onDamaged: OnDamaged) {
    this.#file = file
    this.#plan = plan
    this.#extent = extent
    this.#onDamaged = onDamaged
  }

  /** False when the segment of the block knows that it has nothing. */
  has(id: number): boolean {
    const index = id - 1
    if (index >= this.#extent.inSegments) return true
    const segment = Math.floor(index / segmentBlocks)
    let mask = this.#masks.get(segment)
    if (mask === undefined) {
      mask = this.#read(segment)
      this.#masks.set(segment, mask)
    }
    return hasSlot(mask, index % segmentBlocks)
  }

  #read(segment: number): SlotMask {
    // Many terms ask for the same pages.
    const pages = new Map<number, Uint8Array | undefined>()
    const readPage = (page: number): Uint8Array | undefined => {
      if (pages.has(page)) return pages.get(page)
      const bits = this.#file.read((connection) => connection.filterPage(segment, page))
      pages.set(page, bits)
      return bits
    }
    try {
      return segmentMask(this.#plan, readPage)
    } catch (error) {
      reportDamage(error, this.#onDamaged)
      return { low: -1, high: -1 }
    }
  }
}

/** Tells of damage; anything else goes on being thrown. */
export function reportDamage(error: unknown, onDamaged: OnDamaged): void {
  if (!(error instanceof GatewayError && error.code === 'store_corrupt')) throw error
  if (!(error instanceof RemovedFile)) onDamaged(error)
}

/** The block, if it has spans of the trace. */
function withTrace(
  open: () => BlockView,
  traceId: Uint8Array,
  onDamaged: OnDamaged,
): readonly BlockView[] {
  try {
    const view = open()
    return findTrace(view.traceIds, traceId) < 0 ? [] : [view]
  } catch (error) {
    reportDamage(error, onDamaged)
    return []
  }
}
