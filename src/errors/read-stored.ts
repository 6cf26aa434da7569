import { GatewayError } from './gateway-error.ts'

/**
 * Reads what was stored: whatever is wrong there is damage of it, not a mistake of ours.
 *
 * @param action what fails then, for example `Cannot read stored spans`
 * @throws GatewayError 'store_corrupt', with what was wrong; one that `read` throws stays as it is
 */
export function readStored<Result>(action: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('store_corrupt', `${action}: ${state}`, { cause })
  }
}
