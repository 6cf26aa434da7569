import type { SamplingStore } from '../../ports/sampling-store.ts'
import type { CassandraAddress } from './cassandra-address.ts'
import type { SessionOptions } from './cluster-session.ts'
import { ClusterSession } from './cluster-session.ts'
import { NativeSamplingStore } from './native/native-sampling-store.ts'
import { readCutover } from './schema/cutover.ts'
import { layoutOf } from './schema/jaeger-schema.ts'
import { withSession } from './with-session.ts'

/**
 * Opens the tables of sampling, which are beside those of layout native: in the keyspace of an address, or in the one
 * to which it was cut over.
 *
 * @returns undefined for a keyspace that has Jaeger's tables alone
 */
export async function openSamplingTables(
  options: SessionOptions,
): Promise<SamplingStore | undefined> {
  const keyspace = await withSession(options, (session) => nativeKeyspace(session, options.address))
  if (keyspace === undefined) return undefined
  return new NativeSamplingStore(await ClusterSession.connect(options, keyspace))
}

async function nativeKeyspace(
  session: ClusterSession,
  address: CassandraAddress,
): Promise<string | undefined> {
  const { keyspace, layout } = address
  const cutover = layout === undefined ? await readCutover(session, keyspace) : undefined
  if (cutover?.other.tables === 'native') return cutover.other.keyspace
  const isJaegers = cutover !== undefined || (await layoutOf(session, address)) === 'jaeger'
  return isJaegers ? undefined : keyspace
}
