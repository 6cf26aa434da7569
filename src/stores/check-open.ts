import { GatewayError } from '../errors/gateway-error.ts'
import { cancelledBy } from './cancelled.ts'

/**
 * Fails where a store may not be used any more, or nobody waits for what it is used for.
 *
 * @throws GatewayError 'store_unavailable' once it is closed, 'cancelled' once the signal has aborted
 */
export function checkOpen(isClosed: boolean, signal: AbortSignal | undefined): void {
  if (isClosed) throw storeClosed()
  if (signal?.aborted) throw cancelledBy(signal)
}

/** The error of what a store is asked that is closed, or being closed. */
export function storeClosed(): GatewayError {
  return new GatewayError('store_unavailable', 'Cannot use store: it is closed')
}
