import type { CassandraFacts, StoreFacts } from '../../ports/store-facts.ts'
import type { ClusterSession } from './cluster-session.ts'

/** What is known of tables when they are opened. */
export interface OpenedTables
  extends Pick<CassandraFacts, 'layout' | 'schemaVersion' | 'consistency' | 'cutover'> {
  /** How long rows live by their tables; 0: for ever, undefined: as the settings say. */
  readonly retentionMs?: number
}

/** Tells of the tables of a session, and of the nodes as they are at the moment; nothing is asked of them. */
export function clusterFacts(session: ClusterSession, tables: OpenedTables): () => StoreFacts {
  const { retentionMs, ...details } = tables
  const { keyspace, datacentre } = session
  return () => ({
    ...(retentionMs !== undefined && { retentionMs }),
    details: { kind: 'cassandra', ...details, keyspace, datacentre, nodes: session.nodes() },
  })
}
