import type { SamplingStore } from '../../ports/sampling-store.ts'
import type { SessionOptions } from './cluster-session.ts'
import { ClusterSession } from './cluster-session.ts'
import { NativeSamplingStore } from './native/native-sampling-store.ts'
import { readCutover } from './schema/cutover.ts'
import { layoutOf } from './schema/jaeger-schema.ts'

/**
 * Opens the tables of sampling, which are beside those of layout native: in the keyspace of an address, or in the one
 * to which it was cut over.
 *
 * @returns undefined for a keyspace that has Jaeger's tables alone
 */
export async function openSamplingTables(
  options: SessionOptions,
): Promise<SamplingStore | undefined> {
  const { address } = options
  const session = await ClusterSession.connect(options, undefined)
  let keyspace = address.keyspace
  try {
    const cutover = address.layout === undefined ? await readCutover(session, keyspace) : undefined
    if (cutover?.other.tables === 'native') keyspace = cutover.other.keyspace
    else if (cutover !== undefined || (await layoutOf(session, address)) === 'jaeger') {
      return undefined
    }
  } finally {
    await session.close()
  }
  return new NativeSamplingStore(await ClusterSession.connect(options, keyspace))
}
