import { GatewayError } from '../../errors/gateway-error.ts'

/**
 * A query text that cannot be read, or asks for what is not supported.
 *
 * @param text the whole query
 * @param at where in it, UTF-16 code units
 * @param state what is there, and what must be
 */
export function textError(text: string, at: number, state: string): GatewayError {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  // Columns count what a person sees as characters, not UTF-16 code units.
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
  return new GatewayError(
    'invalid_argument',
    `Cannot read query: line ${line}, column ${column}: ${state}`,
    { field: 'query' },
  )
}
