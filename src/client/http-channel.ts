import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'

/** Where and how to ask over HTTP. */
export interface HttpChannelOptions {
  /** `http://host:port` or `https://…`; without a path it is that of the service. */
  readonly endpoint: string
  /** Of each request, such as a tenant or a token. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a server answered, whatever its status. */
export interface HttpResponse {
  readonly status: number
  readonly phrase: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One request. */
export interface HttpCall {
  readonly method: 'GET' | 'POST'
  /** Behind the question mark, after what the endpoint has there; none by default. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** The process may end in the middle of it. */
  readonly isBackground?: boolean
}

/** Connections to one address, kept open between requests. */
export interface HttpChannel {
  /** @throws Error for a connection that fails, no answer in time, an answer that is too long */
  request(call: HttpCall): Promise<HttpResponse>
  close(): void
}

/**
 * @param path of the service, where the endpoint has none
 * @param answerBytesMax what an answer may hold; the rest is not read
 * @throws RangeError for an endpoint that is none, TypeError for a header that cannot be sent
 */
export function openHttpChannel(
  options: HttpChannelOptions,
  path: string,
  answerBytesMax: number,
): HttpChannel {
  const url = parseEndpoint(options.endpoint, path)
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    http.validateHeaderName(name)
    http.validateHeaderValue(name, value)
  }
  const { Agent, request } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true })
  return {
    request: async ({ method, query, headers, body, timeoutMs, signal, isBackground }) => {
      const target = new URL(url)
      if (query !== undefined)
        target.search = `${url.search}${url.search === '' ? '' : '&'}${query}`
      const all = { ...options.headers, ...headers }
      const sent = request(target, { method, agent, headers: all, signal })
      // A timer of its own: Node 20 forgets a signal of AbortSignal.timeout() that only AbortSignal.any()
      // knows at the next garbage collection, and the answer is awaited forever.
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        sent.destroy()
      }, Math.ceil(timeoutMs))
      if (isBackground === true) {
        timer.unref()
        sent.on('socket', unrefSocket)
      }
      try {
        return await responseOf(sent, body, answerBytesMax)
      } catch (error) {
        throw isLate ? new Error(`no answer within ${Math.ceil(timeoutMs)} ms`) : error
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => agent.destroy(),
  }
}

/** Node gives a connection another handle for each address that it tries, which keeps the process alive again. */
function unrefSocket(socket: Socket): void {
  socket.unref()
  socket.once('connect', () => socket.unref())
}

function parseEndpoint(endpoint: string, path: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`Cannot use endpoint "${endpoint}": must be http://host:port or https://…`)
  }
  if (url.pathname === '/') url.pathname = path
  return url
}

function responseOf(
  sent: ClientRequest,
  body: Uint8Array | undefined,
  answerBytesMax: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      const { statusCode: status = 0, statusMessage: phrase = '', headers } = response
      readBody(response, answerBytesMax).then(
        (bytes) => resolve({ status, phrase, headers, body: bytes }),
        reject,
      )
    })
    sent.end(body)
  })
}

async function readBody(response: IncomingMessage, answerBytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > answerBytesMax) {
      response.destroy()
      throw new Error(`the answer has over ${answerBytesMax} bytes`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
