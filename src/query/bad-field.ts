import { GatewayError } from '../errors/gateway-error.ts'

/**
 * A request whose field makes no sense; a client gets INVALID_ARGUMENT with a BadRequest violation.
 *
 * @param field as the proto names it, from the request down: `query.search_depth`
 * @param state what it is and what it must be: `is -1, must be 0 to 10000`
 */
export function badField(field: string, state: string): GatewayError {
  return new GatewayError('invalid_argument', `Cannot serve request: ${field} ${state}`, { field })
}

/** What a client sent, fit for a message: quoted, cut, and nothing in it that a header refuses. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text)
}

const quotedMax = 64
