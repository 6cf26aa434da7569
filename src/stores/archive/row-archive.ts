import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import { freshSpans } from '../../blocks/read-trace.ts'
import type { ArchiveStore } from '../../ports/archive-store.ts'
import { tracePartBytesMax } from '../../ports/span-store.ts'
import { IdentitySet } from '../../search/identity-set.ts'
import { cancelledBy } from '../cancelled.ts'
import type { ArchiveRow, ArchiveRows } from './archive-rows.ts'
import { decodeArchived, encodeArchived } from './archived-spans.ts'

/**
 * An archive over rows, wherever they are: writing makes rows whose keys come from their content, so
 * that a repeated call changes nothing; reading drops spans that other rows had already.
 */
export class RowArchive implements ArchiveStore {
  readonly #rows: ArchiveRows

  constructor(rows: ArchiveRows) {
    this.#rows = rows
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelledBy(signal)
    for (const spans of spansByTrace(batch).values()) {
      const part = selectSpans(batch, spans)
      const rows: ArchiveRow[] = []
      for (const message of splitTracesData(part, tracePartBytesMax)) {
        rows.push(await encodeArchived(message, batch.arrivalUnixMs))
        if (signal.aborted) throw cancelledBy(signal)
      }
      await this.#rows.put({ tenant, traceId: traceIdBytes(part, 0) }, rows, signal)
    }
  }

  async *trace(
    tenant: string,
    traceId: Uint8Array,
    signal: AbortSignal,
  ): AsyncGenerator<SpanBatch, void, void> {
    if (signal.aborted) throw cancelledBy(signal)
    const seen = new IdentitySet()
    for await (const bytes of this.#rows.rows({ tenant, traceId }, signal)) {
      const batch = await decodeArchived(bytes)
      if (signal.aborted) throw cancelledBy(signal)
      const fresh = freshSpans(batch, seen)
      if (fresh.length === spanCount(batch)) yield batch
      else if (fresh.length > 0) yield selectSpans(batch, fresh)
      if (signal.aborted) throw cancelledBy(signal)
    }
  }
}
