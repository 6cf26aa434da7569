import type { Test } from 'tap'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { parseCassandraAddress } from '../../../src/stores/cassandra/cassandra-address.ts'
import type { SessionOptions } from '../../../src/stores/cassandra/cluster-session.ts'
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import type { CassandraStoreOptions } from '../../../src/stores/cassandra/open-cassandra-store.ts'
import { openCassandraStore } from '../../../src/stores/cassandra/open-cassandra-store.ts'
import { freshKeyspace, sharedCassandra } from '../../servers/shared-cassandra.ts'

/** A keyspace of the test on the shared server. */
export interface TestCluster {
  readonly port: number
  readonly keyspace: string
  /** As a user writes it. */
  readonly address: string
  /** Without a keyspace of its own; closed after the test. */
  readonly session: ClusterSession
}

/** Connects to the shared server; the keyspace does not exist yet, and is dropped after the test. */
export async function testCluster(t: Test): Promise<TestCluster> {
  const port = await sharedCassandra(t)
  const keyspace = freshKeyspace()
  const address = `cassandra://127.0.0.1:${port}/${keyspace}`
  const session = await ClusterSession.connect(sessionOptions(address), undefined)
  t.teardown(async () => {
    await session.raw('Cannot clean up', `DROP KEYSPACE IF EXISTS ${keyspace}`)
    await session.close()
  })
  return { port, keyspace, address, session }
}

/** How tests connect to an address. */
export function sessionOptions(address: string): SessionOptions {
  return {
    address: parseCassandraAddress(address),
    connectTimeoutMs: 5000,
    timeoutMs: 30_000,
    speculativeAfterMs: 0,
  }
}

/** What test stores are opened with. */
export const retentionMs = 72 * 3_600_000

/** Opens a store; the test closes it. */
export function openTestStore(
  address: string,
  more: Partial<CassandraStoreOptions> = {},
): Promise<SpanStore> {
  return openCassandraStore({ ...sessionOptions(address), retentionMs, ...more })
}
