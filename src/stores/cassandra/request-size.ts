import { GatewayError } from '../../errors/gateway-error.ts'

/** As the setting says when nobody changed it. */
export const requestBytesMaxDefault = 1024 * 1024 * 1024

/**
 * Refuses a request before anything of it is written. In Cassandra a resource is in the rows of each trace, or of
 * each span, so a small request may become a thousand times as much.
 *
 * @param rowBytes of all its rows with spans, about
 * @throws GatewayError 'too_large' that names the setting
 */
export function checkRequestSize(rowBytes: number, requestBytesMax: number): void {
  if (rowBytes <= requestBytesMax) return
  throw new GatewayError(
    'too_large',
    `Cannot store spans: with the resource in each, their rows would have ${rowBytes} bytes, ` +
      `at most ${requestBytesMax} (store.cassandra.max-request-size)`,
  )
}
