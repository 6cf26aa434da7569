import type { SpanStore } from '../../ports/span-store.ts'
import type { QueryLimits } from '../../search/query-limits.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { searchBoundDefaults } from '../../search/search-meter.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { StoreEvent } from '../store-event.ts'
import type { SearchAbilities } from './plan-search.ts'
import { searchAbilitiesOf } from './plan-search.ts'
import type { RemoteAddress } from './remote-address.ts'
import { RemoteChannel } from './remote-channel.ts'
import type { Waiting } from './remote-storage.ts'
import { RemoteStorage } from './remote-storage.ts'
import { RemoteStore } from './remote-store.ts'

/** What a remote storage is opened with. */
export interface RemoteStoreSettings {
  readonly address: RemoteAddress
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
  readonly requestBytesMax: number
  readonly messageBytesMax: number
  readonly depthMax: number
  readonly searchBounds?: SearchBounds
  readonly queryLimits?: QueryLimits
  readonly metrics?: Pick<Metrics, 'record'> | undefined
  readonly onEvent?: (event: StoreEvent) => void
}

/**
 * Connects to a remote storage and asks what it can do; after each new connection, which may be to another
 * program, it is asked again.
 *
 * @throws GatewayError 'store_unavailable' when it does not answer
 */
export async function openRemoteStore(settings: RemoteStoreSettings): Promise<SpanStore> {
  const { queryLimits, requestBytesMax, depthMax, onEvent, ...rest } = settings
  let abilities: SearchAbilities | undefined
  const channel = await RemoteChannel.connect({
    ...rest,
    onDisconnect: () => {
      abilities = undefined
    },
    onState: (isUp) => {
      onEvent?.({ kind: isUp ? 'store_back' : 'store_away', address: settings.address.target })
    },
  })
  const remote = new RemoteStorage(channel)
  const ask = async (waiting: Waiting): Promise<SearchAbilities> => {
    abilities ??= searchAbilitiesOf(await remote.searchCapabilities(waiting))
    return abilities
  }
  try {
    await ask({})
  } catch (error) {
    channel.close()
    throw error
  }
  return new RemoteStore({
    remote,
    disconnect: () => channel.close(),
    abilities: ask,
    searchBounds: settings.searchBounds ?? searchBoundDefaults,
    ...(queryLimits === undefined ? {} : { queryLimits }),
    requestBytesMax,
    messageBytesMax: settings.messageBytesMax,
    timeoutMs: settings.timeoutMs,
    depthMax,
    onDamaged: (error) => onEvent?.({ kind: 'damaged', error }),
  })
}
