import type {
  DependencyLink,
  DependencyStore,
  DependencyWindow,
} from '../../../ports/dependency-store.ts'
import { cancelledBy } from '../../cancelled.ts'
import { LinkSums } from '../../link-sums.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { daysOf } from '../link-days.ts'
import { bound } from '../statement.ts'
import { selectLinkDays } from './statements/select-link-days.ts'
import { selectLinks } from './statements/select-links.ts'
import { selectOldLinks } from './statements/select-old-links.ts'
import type { TableFacts } from './table-facts.ts'

const action = 'Cannot list dependencies'
const dayMs = 86_400_000

/** A `dependency` of Jaeger's. */
interface LinkRow {
  readonly parent: string | null
  readonly child: string | null
  readonly call_count: bigint | null
  readonly source?: string | null
}

/**
 * Links that a job of Jaeger's has written, from `dependencies_v2` and, where a keyspace has it still,
 * from `dependencies`.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/dependencystore/storage.go.
 */
export class JaegerDependencies implements DependencyStore {
  readonly #session: ClusterSession
  readonly #tables: TableFacts['tables']

  constructor(session: ClusterSession, { tables }: Pick<TableFacts, 'tables'>) {
    this.#session = session
    this.#tables = tables
  }

  async links(
    _tenant: string,
    window: DependencyWindow,
    signal?: AbortSignal,
  ): Promise<readonly DependencyLink[]> {
    const sums = new LinkSums()
    if (this.#tables.has('dependencies_v2')) await this.#addNew(sums, window, signal)
    if (this.#tables.has('dependencies')) await this.#addOld(sums, window)
    return sums.links()
  }

  async #addNew(
    sums: LinkSums,
    window: DependencyWindow,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const session = this.#session
    const days = await daysOf(window, async () => {
      const rows = await session.all(action, bound(selectLinkDays))
      return rows.map((row): number => Math.floor(Number(row['ts_bucket']) / dayMs))
    })
    const start = new Date(window.startMs)
    const end = new Date(window.endMs)
    for (const day of days) {
      if (signal?.aborted) throw cancelledBy(signal)
      const statement = bound(selectLinks, new Date(day * dayMs), start, end)
      for (const row of await session.all(action, statement)) addAll(sums, row['dependencies'])
    }
  }

  async #addOld(sums: LinkSums, { startMs, endMs }: DependencyWindow): Promise<void> {
    for (const row of await this.#session.all(action, bound(selectOldLinks))) {
      const ms = Number(row['ts'])
      if (ms >= startMs && ms < endMs) addAll(sums, row['dependencies'])
    }
  }
}

function addAll(sums: LinkSums, links: readonly LinkRow[] | null): void {
  for (const { parent, child, call_count, source } of links ?? []) {
    sums.add({
      parent: parent ?? '',
      child: child ?? '',
      source: source ?? '',
      callCount: Number(call_count ?? 0n),
    })
  }
}
