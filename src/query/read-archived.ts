import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { ArchiveStore } from '../ports/archive-store.ts'
import type { SpanStore, TraceRef } from '../ports/span-store.ts'

/**
 * The same store, of which a trace that it has not, or no more, comes from its archive, as with Jaeger.
 * Searches do not look there.
 */
export function readArchived(store: SpanStore): SpanStore {
  const { archive } = store
  if (archive === undefined) return store
  return {
    cannot: store.cannot,
    dependencies: store.dependencies,
    archive,
    write: (...given) => store.write(...given),
    trace: (...given) => storedOrArchived(store, archive, ...given),
    lostParts: (...given) => store.lostParts(...given),
    find: (...given) => store.find(...given),
    summaries: (...given) => store.summaries(...given),
    services: (...given) => store.services(...given),
    operations: (...given) => store.operations(...given),
    close: () => store.close(),
  }
}

async function* storedOrArchived(
  store: SpanStore,
  archive: ArchiveStore,
  tenant: string,
  trace: TraceRef,
  signal: AbortSignal,
): AsyncGenerator<SpanBatch, void, void> {
  let isFound = false
  for await (const part of store.trace(tenant, trace, signal)) {
    isFound = true
    yield part
  }
  if (!isFound) yield* archive.trace(tenant, trace.traceId, signal)
}
