import type { ArchivedTraceId, ArchiveRow, ArchiveRows } from '../../archive/archive-rows.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import { insertArchived } from './statements/insert-archived.ts'
import { selectArchived } from './statements/select-archived.ts'

/** Rows have at most about 1 MiB. */
const pageRows = 4

/** What the store does for calls that wait: gives up when nobody wants them, refuses when it is closed. */
type Until = <Result>(work: Promise<Result>, signal: AbortSignal) => Promise<Result>

/** Rows of an archive in the table `archived_trace`, which has no TTL. */
export class NativeArchive implements ArchiveRows {
  readonly #session: ClusterSession
  readonly #until: Until

  constructor(session: ClusterSession, until: Until) {
    this.#session = session
    this.#until = until
  }

  async put(
    { tenant, traceId }: ArchivedTraceId,
    rows: readonly ArchiveRow[],
    signal: AbortSignal,
  ): Promise<void> {
    // One after the other: each may have 1 MiB, and nobody waits for an archive.
    for (const { key, bytes } of rows) {
      const statement = bound(insertArchived, tenant, traceId, key, bytes)
      await this.#until(this.#session.run('Cannot archive trace', statement), signal)
    }
  }

  async *rows(
    { tenant, traceId }: ArchivedTraceId,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const statement = bound(selectArchived, tenant, traceId)
    let pageState: string | undefined
    do {
      const page = await this.#until(
        this.#session.page('Cannot read archived trace', statement, pageRows, pageState),
        signal,
      )
      pageState = page.pageState
      for (const row of page.rows) yield row['spans']
    } while (pageState !== undefined)
  }
}
