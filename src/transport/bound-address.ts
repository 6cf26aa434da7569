import { GatewayError } from '../errors/gateway-error.ts'
import type { BoundAddress } from './bind-addresses.ts'

/** An address as the ready line has it: `127.0.0.1:4317`, `[::1]:4317`. */
export function addressText({ address, port }: BoundAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/**
 * What a person is told of a listener that could not start; an error that is not of the system's stays as it is.
 *
 * @param name of the listener, as its settings begin
 */
export function cannotListen(name: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  const { code, address, port } = error as Error & {
    code: unknown
    address?: unknown
    port?: unknown
  }
  const where =
    address === undefined
      ? ''
      : ` on ${String(address)}${port === undefined ? '' : `:${String(port)}`}`
  const state =
    code === 'EADDRINUSE'
      ? 'the port is in use; choose another with --port-offset or the setting of this port'
      : error.message
  return new GatewayError('cannot_listen', `Cannot listen for ${name}${where}: ${state}`, {
    cause: error,
  })
}
