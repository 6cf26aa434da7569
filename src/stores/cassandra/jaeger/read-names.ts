import type { Operation } from '../../../ports/span-store.ts'
import { kindWords } from '../../../search/reference.ts'
import { byNameThenKind } from '../../operation-order.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import { isKey } from './index-statements.ts'
import { selectOldOperationNames } from './statements/select-old-operation-names.ts'
import { selectOperationNames } from './statements/select-operation-names.ts'
import { selectServiceNames } from './statements/select-service-names.ts'
import type { TableFacts } from './table-facts.ts'

/** Names of all services, sorted by code unit. */
export async function readServices(session: ClusterSession): Promise<readonly string[]> {
  const rows = await session.all('Cannot list services', bound(selectServiceNames))
  return rows.map((row): string => row['service_name']).sort()
}

/**
 * Operations of a service, sorted by name then kind. Where a keyspace has both tables both are read; a
 * name of the older one, which knows no kinds, counts where the newer one lacks it.
 */
export async function readOperations(
  session: ClusterSession,
  { tables }: Pick<TableFacts, 'tables'>,
  service: string,
): Promise<readonly Operation[]> {
  if (service === '' || !isKey(service)) return []
  const action = 'Cannot list operations'
  const found = new Map<string, Operation>()
  const names = new Set<string>()
  if (tables.has('operation_names_v2')) {
    for (const row of await session.all(action, bound(selectOperationNames, service))) {
      const name: string = row['operation_name']
      const spanKind = Math.max(kindWords.indexOf(row['span_kind']), 0)
      names.add(name)
      found.set(`${spanKind} ${name}`, { name, spanKind })
    }
  }
  if (tables.has('operation_names')) {
    for (const row of await session.all(action, bound(selectOldOperationNames, service))) {
      const name: string = row['operation_name']
      if (!names.has(name)) found.set(`0 ${name}`, { name, spanKind: 0 })
    }
  }
  return [...found.values()].sort(byNameThenKind)
}
