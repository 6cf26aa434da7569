import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import type { ArchiveStore } from '../../../ports/archive-store.ts'
import { eachOnce } from '../../found-traces.ts'
import { inParallel } from '../../in-parallel.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { Partitions } from './partition-batches.ts'
import type { TraceReader } from './read-trace.ts'
import { readTraceRows } from './read-trace.ts'
import { slicesOf, storedBytesOf } from './row-slices.ts'
import { spanKeysOf } from './span-keys.ts'
import { insertArchivedTrace } from './statements/insert-archived-trace.ts'
import { rowsOf } from './write-rows.ts'

/** What an archive over Jaeger's tables is made of. */
export interface JaegerArchiveOptions {
  /** In the archive's keyspace. */
  readonly session: ClusterSession
  /** Refuses other tenants, calls that nobody waits for, and all once the store is closed. */
  readonly check: (tenant: string, signal: AbortSignal) => void
  readonly onDamaged: TraceReader['onDamaged']
}

/** Nobody waits for an archive. */
const statementsMax = 8

/**
 * Archived traces in a keyspace of their own with Jaeger's tables, as Jaeger has them (docs/adr/0038). Its `traces` alone is written, without a TTL:
 * what is archived is read by its id, by Jaeger too.
 */
export class JaegerArchive implements ArchiveStore {
  readonly #options: JaegerArchiveOptions

  constructor(options: JaegerArchiveOptions) {
    this.#options = options
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<void> {
    const { session, check } = this.#options
    check(tenant, signal)
    for (const rows of slicesOf(rowsOf(batch))) {
      const traces = new Partitions(insertArchivedTrace)
      for (const row of rows) {
        const { traceId, spanId, spanHash } = row
        const trace = traces.of(traceId.toString('latin1'), () => [traceId])
        if (!trace.isNew(`${spanId} ${spanHash}`)) continue
        const values = insertArchivedTrace.bind(row, spanKeysOf(row))
        trace.add(values, storedBytesOf(row, values))
      }
      const stored = inParallel([...traces.batches()], statementsMax, (batch) =>
        session.store('Cannot archive trace', batch.statement, batch.rows),
      )
      await untilAborted(stored, signal)
    }
  }

  async *trace(
    tenant: string,
    traceId: Uint8Array,
    signal: AbortSignal,
  ): AsyncGenerator<SpanBatch, void, void> {
    const { session, check, onDamaged } = this.#options
    check(tenant, signal)
    const wait = <Result>(work: Promise<Result>): Promise<Result> => untilAborted(work, signal)
    for await (const batch of eachOnce(readTraceRows({ session, wait, onDamaged }, traceId))) {
      yield batch
      check(tenant, signal)
    }
  }
}
