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
import { selectDependencies } from './statements/select-dependencies.ts'
import { selectDependencyDays } from './statements/select-dependency-days.ts'

const action = 'Cannot list dependencies'

/** Links from the table `dependency` of the layout native. */
export class NativeDependencies implements DependencyStore {
  readonly #session: ClusterSession

  constructor(session: ClusterSession) {
    this.#session = session
  }

  async links(
    tenant: string,
    window: DependencyWindow,
    signal?: AbortSignal,
  ): Promise<readonly DependencyLink[]> {
    const session = this.#session
    const days = await daysOf(window, async () => {
      const rows = await session.all(action, bound(selectDependencyDays))
      return rows.filter((row) => row['tenant'] === tenant).map((row): number => row['day'])
    })
    const sums = new LinkSums()
    for (const day of days) {
      if (signal?.aborted) throw cancelledBy(signal)
      const { startMs, endMs } = window
      const rows = await session.all(action, bound(selectDependencies, tenant, day, startMs, endMs))
      for (const row of rows) {
        const { parent, child, source } = row
        sums.add({ parent, child, source, callCount: Number(row['call_count'] ?? 0) })
      }
    }
    return sums.links()
  }
}
