import { readFileSync } from 'node:fs'
import { GatewayError } from '../errors/gateway-error.ts'

/**
 * A file with certificates or a key.
 *
 * @param parameter of the store's address that names it
 * @throws GatewayError 'bad_settings' when it cannot be read
 */
export function readPem(parameter: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('bad_settings', `Cannot read ${parameter} of the store: ${state}`, {
      cause,
    })
  }
}
