import { Agent, request } from 'node:http'
import type { LoadAnswer, LoadClient, RequestSpans } from './export-load.ts'

/** How spans are posted. */
export interface HttpLoadOptions {
  readonly path: string
  readonly contentType: string
  /** The status of an answer that acknowledges spans. */
  readonly success: number
  readonly encode: (spans: RequestSpans) => Uint8Array
}

/** Clients of a load that post over HTTP, each on a connection that it keeps. */
export function httpLoadClient(options: HttpLoadOptions): (address: string) => LoadClient {
  return (address) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    return {
      send: (spans, timeoutMs = 20_000) => post(address, { ...options, agent, timeoutMs }, spans),
      close: () => agent.destroy(),
    }
  }
}

function post(
  address: string,
  options: HttpLoadOptions & { readonly agent: Agent; readonly timeoutMs: number },
  spans: RequestSpans,
): Promise<LoadAnswer> {
  const { agent, path, contentType, success, timeoutMs } = options
  const body = options.encode(spans)
  return new Promise((resolve) => {
    const failed = (message: string) =>
      resolve({ code: 'connection', message, retryAfterMs: undefined })
    const headers = { 'content-type': contentType, 'content-length': body.length }
    const signal = AbortSignal.timeout(timeoutMs)
    const posted = request(`http://${address}${path}`, { method: 'POST', agent, headers, signal })
    posted.on('error', (error) => failed(error.message))
    posted.on('response', (response) => {
      let message = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        message += text
      })
      // An answer whose end never comes is none.
      response.on('error', (error) => failed(error.message))
      response.on('end', () => {
        const retryAfter = response.headers['retry-after']
        resolve({
          code: response.statusCode === success ? 'OK' : `HTTP ${response.statusCode}`,
          message,
          retryAfterMs: retryAfter === undefined ? undefined : Number(retryAfter) * 1000,
        })
      })
    })
    posted.end(body)
  })
}
