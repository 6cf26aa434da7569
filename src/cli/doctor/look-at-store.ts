import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config/settings.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { openStore, parseStoreAddress } from '../../stores/open-store.ts'
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
  if (address.kind === 'sqlite' && !existsSync(address.path)) {
    const parent = existingParent(resolve(address.path))
    try {
      accessSync(parent, constants.W_OK)
    } catch (cause) {
      throw new GatewayError(
        'store_unusable',
        `Cannot make ${address.path}: ${parent} is not writable`,
        { cause },
      )
    }
    return `${config.store} is not there yet and can be made`
  }
  const store = await openStore({
    address: config.store,
    retentionMs: config['store.retention'],
    clockGraceMs: config['store.clock-grace'],
    memoryBytesMax: config['store.memory.max-bytes'],
    maxBytes: config['store.sqlite.max-bytes'],
    readers: 1,
    searchBounds: { timeMaxMs: config['search.max-time'], spansMax: config['search.max-spans'] },
  })
  try {
    const { length } = await store.services('')
    return `${config.store} can be used, it has spans of ${length} services`
  } finally {
    await store.close()
  }
}

function existingParent(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) ? parent : existingParent(parent)
}
