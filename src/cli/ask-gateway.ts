import { GatewayError } from '../errors/gateway-error.ts'

/** A gateway whose HTTP API is asked. */
export interface AskedGateway {
  /** May have a path in front, and a name and password, which are not shown. */
  readonly endpoint: URL
  readonly signal: AbortSignal
}

/** Where the HTTP API of a gateway on this machine is. */
export const httpEndpointDefault = 'localhost:16686'

/** An answer that does not come would be waited for for ever. */
const answerMsMax = 10_000

/**
 * Asks a gateway for JSON.
 *
 * @param isAnswer holds the answer to what is read of it
 * @throws GatewayError 'store_unavailable' where it does not answer so
 */
export async function askGateway<Answer>(
  { endpoint, signal }: AskedGateway,
  path: string,
  isAnswer: (json: unknown) => json is Answer,
): Promise<Answer> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)])
  const { username, password, base } = partsOf(endpoint)
  try {
    const headers = username === '' ? {} : { authorization: basic(username, password) }
    const response = await fetch(`${base}${path}`, { signal: ending, headers })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`it answers ${response.status}`)
    const json: unknown = JSON.parse(text)
    if (isAnswer(json)) return json
    throw new Error('its answer is not that of a gateway')
  } catch (cause) {
    const why = cause instanceof Error ? stateOf(cause) : String(cause)
    throw new GatewayError('store_unavailable', `Cannot ask ${base}: ${why}`, { cause })
  }
}

/** An address without what must not be shown, with the path that a proxy has in front of ours. */
function partsOf(endpoint: URL): { base: string; username: string; password: string } {
  const { origin, pathname, username, password } = endpoint
  return { base: `${origin}${pathname.replace(/\/+$/, '')}`, username, password }
}

function basic(username: string, password: string): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

/** fetch() hides why it failed. */
function stateOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message || String(cause) : message
}
