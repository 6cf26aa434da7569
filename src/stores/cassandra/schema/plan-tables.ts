import type { CassandraAddress, LayoutName } from '../cassandra-address.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { planJaeger, readJaegerState } from './jaeger-schema.ts'
import { readSchemaState } from './ledger.ts'
import { planSchema } from './migrate.ts'

/** Tables that a gateway uses. */
export interface TablesPlace {
  readonly keyspace: string
  readonly layout: LayoutName
  /** They may be beside those of Jaeger. */
  readonly isBeside: boolean
}

/** What has still to be run for them, one statement each; none where they are as they should be. */
export async function planTables(
  session: ClusterSession,
  { replication }: Pick<CassandraAddress, 'replication'>,
  { keyspace, layout, isBeside }: TablesPlace,
): Promise<readonly string[]> {
  const address = { keyspace, replication }
  return layout === 'jaeger'
    ? planJaeger(await readJaegerState(session, keyspace), address)
    : planSchema(await readSchemaState(session, keyspace, isBeside), address)
}
