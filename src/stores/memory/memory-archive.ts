import { hexOf } from '../../../bridge/model/identifier.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ArchivedTraceId, ArchiveRow, ArchiveRows } from '../archive/archive-rows.ts'

/** The setting of the bound. */
const bytesSetting = 'store.memory.archive-max-bytes'
/** What a row takes besides its bytes, by estimate. */
const rowBytes = 200
const retryAfterMs = 60_000

/** Rows of an archive in memory; they end with the process. */
export class MemoryArchive implements ArchiveRows {
  readonly bytesMax: number
  readonly #checkUsable: () => void
  readonly #traces = new Map<string, Map<string, Uint8Array>>()
  #sizeBytes = 0

  /**
   * @param bytesMax memory for all rows together
   * @param checkUsable throws when the store is closed
   */
  constructor(bytesMax: number, checkUsable: () => void) {
    this.bytesMax = bytesMax
    this.#checkUsable = checkUsable
  }

  /** Memory that all rows take, by estimate. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async put(trace: ArchivedTraceId, rows: readonly ArchiveRow[]): Promise<void> {
    this.#checkUsable()
    const name = nameOf(trace)
    const kept = this.#traces.get(name) ?? new Map<string, Uint8Array>()
    const fresh = rows.map(({ key, bytes }) => ({ key: hexOf(key), bytes }))
    const added = fresh.filter(({ key }) => !kept.has(key))
    const sizeBytes = added.reduce((sum, { bytes }) => sum + bytes.length + rowBytes, 0)
    if (this.#sizeBytes + sizeBytes > this.bytesMax) {
      throw new GatewayError(
        'store_unavailable',
        `Cannot archive trace: the archive is full (${bytesSetting}=${this.bytesMax})`,
        { retryAfterMs },
      )
    }
    for (const { key, bytes } of added) kept.set(key, bytes)
    this.#sizeBytes += sizeBytes
    this.#traces.set(name, kept)
  }

  async *rows(trace: ArchivedTraceId): AsyncGenerator<Uint8Array> {
    this.#checkUsable()
    const kept = this.#traces.get(nameOf(trace))
    if (kept === undefined) return
    for (const key of [...kept.keys()].sort()) {
      const bytes = kept.get(key)
      if (bytes !== undefined) yield bytes
      this.#checkUsable()
    }
  }
}

function nameOf({ tenant, traceId }: ArchivedTraceId): string {
  return `${hexOf(traceId)}${tenant}`
}
