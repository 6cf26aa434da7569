import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { CallResult, LoadConnection, OnResult } from './call-result.ts'
import { lostConnection } from './call-result.ts'
import { grpcPrefixBytes } from './templates.ts'

/** Where and what to send. */
export interface Http1ClientOptions {
  readonly host: string
  readonly port: number
  /** Undefined for a GET, whose messages are its targets. */
  readonly post?: { readonly path: string; readonly contentType: string }
  readonly headers?: readonly (readonly [string, string])[]
}

/**
 * One HTTP/1.1 connection that is kept open, with one request at a time: posts messages, or gets what they
 * name, and reads the status. Answers must have a Content-Length or be chunked, as all servers' are.
 */
export class Http1Client implements LoadConnection {
  readonly #socket: Socket
  readonly #start: string
  readonly #headers: string
  readonly #isPost: boolean
  #onResult: OnResult | undefined
  #received = ''
  #failure: string | undefined

  private constructor(socket: Socket, options: Http1ClientOptions) {
    this.#socket = socket
    const more = (options.headers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const { host, port, post } = options
    this.#isPost = post !== undefined
    this.#start = post === undefined ? 'GET ' : `POST ${post.path}`
    const type = post === undefined ? '' : `content-type: ${post.contentType}\r\n`
    this.#headers = ` HTTP/1.1\r\nhost: ${host}:${port}\r\n${type}${more}`
  }

  static async connect(options: Http1ClientOptions): Promise<Http1Client> {
    const socket = connect({ host: options.host, port: options.port, noDelay: true })
    await once(socket, 'connect')
    const client = new Http1Client(socket, options)
    socket.setEncoding('latin1').on('data', (text: string) => client.#onData(text))
    socket.on('error', (error) => client.#fail(error.message))
    socket.on('close', () => client.#fail('connection closed'))
    return client
  }

  get inFlight(): number {
    return this.#onResult === undefined ? 0 : 1
  }

  send(framed: Buffer, onResult: OnResult): void {
    const failure = this.#failure ?? (this.#onResult === undefined ? undefined : 'busy')
    if (failure !== undefined) {
      queueMicrotask(() => onResult(lostConnection(failure)))
      return
    }
    this.#onResult = onResult
    const body = framed.subarray(grpcPrefixBytes)
    this.#socket.cork()
    if (this.#isPost) {
      const length = `content-length: ${body.length}\r\n\r\n`
      this.#socket.write(`${this.#start}${this.#headers}${length}`, 'latin1')
      this.#socket.write(body)
    } else {
      this.#socket.write(`${this.#start}${body.toString('latin1')}${this.#headers}\r\n`, 'latin1')
    }
    this.#socket.uncork()
  }

  close(): void {
    this.#failure ??= 'closed'
    this.#socket.destroy()
  }

  #onData(text: string): void {
    this.#received += text
    const result = parseAnswer(this.#received)
    if (result === undefined) return
    this.#received = ''
    this.#answer(result)
  }

  #answer(result: CallResult): void {
    const onResult = this.#onResult
    this.#onResult = undefined
    onResult?.(result)
  }

  #fail(reason: string): void {
    this.#failure ??= reason
    this.#answer(lostConnection(reason))
  }
}

/** Reads an answer; undefined while it is not whole. */
function parseAnswer(received: string): CallResult | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.slice(0, headEnd)
  const body = received.slice(headEnd + 4)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  const isWhole = length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length)
  if (!isWhole) return undefined
  const code = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? '000'
  const isOk = code === '200' || code === '202'
  return {
    status: isOk ? '0' : `HTTP ${code}`,
    isOk,
    hasRetryInfo: /\r\nretry-after:/i.test(head),
    message: isOk ? '' : body.slice(0, 200),
  }
}
