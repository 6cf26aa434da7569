import { Agent, request } from 'node:http'
import type { LoadSender, RequestSpans } from './export-load.ts'
import type { ExportAnswer } from './gateway-clients.ts'

/** How spans are posted. */
export interface HttpSenderOptions {
  readonly path: string
  readonly contentType: string
  readonly encode: (spans: RequestSpans) => Uint8Array | string
  /** The status that says that they are stored. */
  readonly stored: number
}

/** Makes clients that post spans over a connection of their own, for `startLoad`. */
export function httpSender(options: HttpSenderOptions): (address: string) => LoadSender {
  return (address) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    return {
      send: (spans, timeoutMs = 20_000) => post(address, agent, options, spans, timeoutMs),
      close: () => agent.destroy(),
    }
  }
}

function post(
  address: string,
  agent: Agent,
  { path, contentType, encode, stored }: HttpSenderOptions,
  spans: RequestSpans,
  timeoutMs: number,
): Promise<ExportAnswer> {
  const body = Buffer.from(encode(spans))
  const headers = { 'content-type': contentType, 'content-length': body.length }
  return new Promise((resolve) => {
    const lost = (error: Error) => resolve(answerOf('UNAVAILABLE', error.message))
    const call = request(`http://${address}${path}`, { method: 'POST', agent, headers })
    call.setTimeout(timeoutMs, () => call.destroy(new Error('no answer in time')))
    call.once('error', lost)
    call.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
      response.once('error', lost)
      // The status is the answer, and only a whole one counts.
      response.once('end', () => {
        const { statusCode = 0 } = response
        resolve(answerOf(statusCode === stored ? 'OK' : `HTTP ${statusCode}`, text))
      })
    })
    call.end(body)
  })
}

function answerOf(code: string, message: string): ExportAnswer {
  return { code, message, retryAfterMs: undefined, rejectedSpans: 0 }
}
