import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config/settings.ts'
import { thenClose } from '../../errors/close-all.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { cassandraScheme, withoutPassword } from '../../stores/cassandra/cassandra-address.ts'
import { loadSqlite, openStore, parseStoreAddress } from '../../stores/open-store.ts'
import type { Finding } from './finding.ts'

/** Whether the store of the settings can be used. One that is not there yet is not made. */
export async function lookAtStore(config: Config): Promise<Finding> {
  const name = 'store'
  try {
    return { name, isWell: true, state: await stateOfStore(config) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { name, isWell: false, state: error.message }
  }
}

async function stateOfStore(config: Config): Promise<string> {
  const address = parseStoreAddress(config.store)
  if (address.kind === 'sqlite') {
    return existsSync(address.path)
      ? stateOfDirectory(config.store, address.path)
      : stateOfNoDirectory(config.store, address.path)
  }
  const store = await openStore({
    address: withoutMigration(config.store),
    retentionMs: config['store.retention'],
    clockGraceMs: config['store.clock-grace'],
    memoryBytesMax: config['store.memory.max-bytes'],
    searchBounds: { timeMaxMs: config['search.max-time'], spansMax: config['search.max-spans'] },
  })
  return thenClose(
    async () => {
      const { length } = await store.services('')
      return `${withoutPassword(config.store)} can be used, it has spans of ${length} services`
    },
    () => store.close(),
  )
}

/** The same address, but that its schema is left as it is, also where a gateway would bring it up to date. */
export function withoutMigration(address: string): string {
  if (!address.startsWith(cassandraScheme)) return address
  return address.replace(/([?&]migrate=)auto(?=&|$)/g, '$1never')
}

/** To open it would remove what has expired by these settings, which may be wrong. */
async function stateOfDirectory(store: string, path: string): Promise<string> {
  await loadSqlite(store)
  const { lookAtDirectory } = await import('../../stores/sqlite/look-at-directory.ts')
  const { serviceCount, hasOldFile, problems } = lookAtDirectory(path, '')
  if (problems.size > 0) {
    const errors = Array.from(problems.values(), ({ message }) => message)
    const files = problems.size === 1 ? '1 file' : `${problems.size} files`
    const state = `${files} will be set aside at the start: ${errors.join('; ')}`
    throw new GatewayError('store_corrupt', state)
  }
  const old = hasOldFile ? '; those of an older format will be written anew at the start' : ''
  return `${store} can be used, it has spans of ${serviceCount} services${old}`
}

function stateOfNoDirectory(store: string, path: string): string {
  const parent = existingParent(resolve(path))
  try {
    accessSync(parent, constants.W_OK)
  } catch (cause) {
    throw new GatewayError('store_unusable', `Cannot make ${path}: ${parent} is not writable`, {
      cause,
    })
  }
  return `${store} is not there yet and can be made`
}

function existingParent(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) ? parent : existingParent(parent)
}
