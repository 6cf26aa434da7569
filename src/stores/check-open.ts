import { GatewayError } from '../errors/gateway-error.ts'
import { cancelledBy } from './cancelled.ts'

/**
 * Fails where a store may not be used any more, or nobody waits for what it is used for.
 *
 * @throws GatewayError 'store_unavailable' once it is closed, 'cancelled' once the signal has aborted
 */
export function checkOpen(isClosed: boolean, signal: AbortSignal | undefined): void {
  if (isClosed) throw new GatewayError('store_unavailable', 'Cannot use store: it is closed')
  if (signal?.aborted) throw cancelledBy(signal)
}
