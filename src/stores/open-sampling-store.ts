import type { SamplingStore } from '../ports/sampling-store.ts'
import { MemorySamplingStore } from './memory/memory-sampling-store.ts'
import type { OpenStoreOptions } from './open-store.ts'
import { cassandraTimes, parseStoreAddress } from './open-store.ts'

/**
 * Opens what sampling keeps beside the spans of a store, which is open: its directory is locked by this process, its
 * keyspace has the current schema.
 *
 * @param warn told where the store cannot be shared although others use it too
 * @throws GatewayError 'bad_settings', or why the store cannot be used
 */
export async function openSamplingStore(
  options: Pick<OpenStoreOptions, 'address' | 'cassandra' | 'metrics'>,
  warn: (message: string) => void,
): Promise<SamplingStore> {
  const address = parseStoreAddress(options.address)
  switch (address.kind) {
    case 'memory':
      return new MemorySamplingStore()
    case 'sqlite': {
      const { FileSamplingStore } = await import('./sqlite/file-sampling-store.ts')
      return FileSamplingStore.open(address.path)
    }
    case 'cassandra': {
      const { openSamplingTables } = await import('./cassandra/open-sampling-tables.ts')
      const { cassandra = cassandraTimes, metrics } = options
      const tables = await openSamplingTables({ ...cassandra, address: address.address, metrics })
      if (tables !== undefined) return tables
      warn(
        "the keyspace has Jaeger's tables alone: adaptive sampling counts what this process sees, and no other one",
      )
      return new MemorySamplingStore()
    }
    case 'remote':
      warn(
        'a remote storage has no place for shares: adaptive sampling counts what this process sees, and no other one',
      )
      return new MemorySamplingStore()
  }
}
