import { GatewayError } from '../errors/gateway-error.ts'

/** The error of a call whose signal was aborted. */
export function cancelledBy(signal: AbortSignal): GatewayError {
  return new GatewayError('cancelled', 'Cannot finish: the caller went away', {
    cause: signal.reason,
  })
}
