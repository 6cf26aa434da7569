import type { Test } from 'tap'
import { parseCassandraAddress } from '../../../src/stores/cassandra/cassandra-address.ts'
import type { SessionOptions } from '../../../src/stores/cassandra/cluster-session.ts'
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
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
