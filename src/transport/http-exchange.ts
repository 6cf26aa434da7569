import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { HttpRefusal, httpFailureOf } from '../errors/http-status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { MessageEncoding } from './decompress.ts'
import { decompress, messageEncodings, tooLargeMessage } from './decompress.ts'
import type { OpenedBody, WaitingAnswers } from './http-body.ts'
import { encodingHeaders, openBody, sendLongBody, wholeAnswer } from './http-body.ts'
import { answerEncodingOf } from './http-encoding.ts'
import type { HttpAnswer, HttpRequest, HttpRoute, HttpRouter } from './http-route.ts'
import type { InboundConnection, InflowGate } from './inbound-connection.ts'
import { InboundStream } from './inbound-connection.ts'
import type { MemoryPool } from './memory-pool.ts'
import { pooledBytesMax } from './memory-pool.ts'
import { MessageCollector } from './message-collector.ts'

/** What the requests of one listener are handled with. */
export interface HttpExchangeOptions {
  readonly name: string
  readonly router: HttpRouter
  readonly gate: InflowGate
  readonly maxMessageBytes: number
  readonly maxMessageSetting: string
  /** Memory for bodies that their handlers give back; without it each gets its own. */
  readonly messagePool?: MemoryPool<Buffer> | undefined
  /** Told of long answers that wait for their clients. */
  readonly waiting: WaitingAnswers | undefined
  readonly metrics: Metrics
  readonly logger: Logger
  /** Whether connections are to be closed after their answer. */
  readonly isStopping: () => boolean
}

/** A refused client has this long to read its answer while it still sends. */
const lingerMs = 900

type Handle = (request: HttpRequest) => Promise<HttpAnswer>

/** An answer whose bytes are there. */
type ReadyAnswer = HttpAnswer & { readonly body: Uint8Array | string }

/**
 * One request and its answer: looks at the headers, takes the body in under the bound for bytes in
 * flight (inflow.ts), decompresses it within the same bound, has the route handle it, and sends what
 * that answers as fast as the client takes it.
 */
export class HttpExchange {
  readonly #options: HttpExchangeOptions
  readonly #connection: InboundConnection
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #route: HttpRoute | undefined
  readonly #gone = new AbortController()
  #stream: InboundStream | undefined
  #answered = false

  constructor(
    options: HttpExchangeOptions,
    connection: InboundConnection,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    this.#options = options
    this.#connection = connection
    this.#request = request
    this.#response = response
    this.#route = options.router(methodOf(request), targetOf(request.url ?? ''))
    response.once('close', () => this.#closed())
    // What is wrong with a socket shows in its closing.
    response.on('error', () => {})
    request.on('error', () => {})
  }

  /** The body on its way in; undefined before its headers are taken. */
  get stream(): InboundStream | undefined {
    return this.#answered ? undefined : this.#stream
  }

  /** Whether bytes of an answer are on their way. */
  get hasBegunAnswer(): boolean {
    return this.#response.headersSent
  }

  /** Takes the request. @param expects that the client waits for leave to send its body */
  start(expects: boolean): void {
    try {
      const route = this.#route
      if (route === undefined) {
        throw new HttpRefusal(404, `Cannot answer: there is nothing at ${shown(this.#request.url)}`)
      }
      const { headers, method } = this.#request
      if (method === 'OPTIONS') {
        const preflight = route.cors.preflight(headers)
        if (preflight !== undefined) {
          this.#send({ status: 204, headers: preflight, body: '' })
          return
        }
      }
      if (methodOf(this.#request) !== route.method) {
        const message = `Cannot answer: ${shown(method)} is not allowed here, only ${route.method}`
        throw new HttpRefusal(405, message, { allow: allowedBy(route) })
      }
      checkTransferCoding(headers['transfer-encoding'])
      const handle = route.accept(headers)
      if (route.method === 'GET') {
        void this.#answer(handle, { pieces: [], held: nothingHeld, signal: this.#gone.signal })
        return
      }
      const encoding = encodingOf(headers['content-encoding'])
      const declaredBytes = lengthOf(headers['content-length'])
      if (declaredBytes !== undefined) this.#checkSize(declaredBytes)
      const busy = this.#options.gate.onRequest(this.#connection)
      if (busy !== undefined) throw busy
      if (expects) this.#response.writeContinue()
      this.#receive(handle, encoding, declaredBytes)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Answers with a failure, unless there is an answer already. */
  fail(error: unknown): void {
    if (this.#answered) return
    const { name: listener, metrics, logger } = this.#options
    const failure = httpFailureOf(error)
    if (failure.bug) logger.error({ err: error }, 'request failed')
    else if (failure.status >= 500 && error instanceof Error && error.cause !== undefined) {
      logger.warn({ err: error }, 'request refused')
    }
    metrics.add('spangate_http_failures_total', 1, { listener, status: String(failure.status) })
    if (this.#response.headersSent) {
      // The only way to say that the rest is missing.
      this.#answered = true
      this.#stream?.end()
      this.#response.destroy()
      return
    }
    const { contentType, body } = this.#route?.describe(failure, this.#request.headers) ?? {
      contentType: 'text/plain; charset=utf-8',
      body: `${failure.message}\n`,
    }
    const headers = { ...failure.headers, 'content-type': contentType, ...retryAfter(failure) }
    this.#send({ status: failure.status, headers, body })
  }

  #receive(
    handle: Handle,
    encoding: MessageEncoding | undefined,
    declaredBytes: number | undefined,
  ): void {
    const { gate, maxMessageBytes, messagePool } = this.#options
    const request = this.#request
    const call = {
      pause: () => request.pause(),
      resume: () => request.resume(),
      refuse: (error: GatewayError, reason: string) =>
        this.fail(reason === 'stalled' ? new HttpRefusal(408, error.message) : error),
      // `#send` has the rest of the body read over.
      reset: () => {},
      checkDeclared: () => {},
    }
    const form = { prefixBytes: 0, unknownBytesMax: maxMessageBytes }
    const stream = new InboundStream(this.#connection, gate, call, form)
    stream.declaredBytes = declaredBytes
    this.#stream = stream
    gate.onTaken(stream)
    const length = { declaredBytes: declaredBytes ?? Number.POSITIVE_INFINITY }
    const memoryFor = (sizeBytes: number) =>
      messagePool === undefined || encoding !== undefined || sizeBytes > pooledBytesMax
        ? undefined
        : stream.borrow(messagePool)
    const collector = new MessageCollector(length, memoryFor, 0)
    request.on('data', (chunk: Buffer) => {
      if (this.#answered) return
      collector.take(chunk)
      stream.arrive(chunk)
      if (declaredBytes === undefined) this.#checkArrived(stream)
    })
    request.once('end', () => {
      stream.declaredBytes = stream.arrivedBytes
      stream.finish()
      if (!this.#answered) void this.#handle(handle, stream, collector, encoding)
    })
  }

  /** A body whose length nobody has told. */
  #checkArrived({ arrivedBytes }: InboundStream): void {
    try {
      this.#checkSize(arrivedBytes)
    } catch (error) {
      this.fail(error)
    }
  }

  async #handle(
    handle: Handle,
    stream: InboundStream,
    collector: MessageCollector,
    encoding: MessageEncoding | undefined,
  ): Promise<void> {
    const { signal } = this.#gone
    try {
      let pieces = collector.finish()
      if (encoding !== undefined && stream.arrivedBytes > 0) {
        const { name: listener, metrics, maxMessageBytes, maxMessageSetting } = this.#options
        pieces = await decompress(pieces, {
          encoding,
          maxBytes: maxMessageBytes,
          maxSetting: maxMessageSetting,
          listener,
          metrics,
          reserve: (sizeBytes) => stream.reserve(sizeBytes, undefined, signal),
        })
        stream.shed(stream.arrivedBytes)
      }
      const held = { takeOver: () => stream.takeOver(), takeMemory: () => stream.takeMemory() }
      await this.#answer(handle, { pieces, held, signal })
    } catch (error) {
      this.fail(error)
    }
  }

  async #answer(handle: Handle, request: HttpRequest): Promise<void> {
    try {
      const { body, ...head } = await handle(request)
      if (typeof body === 'string' || body instanceof Uint8Array) {
        this.#send({ ...head, body })
        return
      }
      const opened = await openBody(body)
      if (opened.kind === 'long') await this.#sendLong(head, opened)
      else await this.#sendWhole(head, opened.bytes)
    } catch (error) {
      this.fail(error)
    }
  }

  async #sendWhole({ status, headers }: Omit<HttpAnswer, 'body'>, bytes: Buffer): Promise<void> {
    const { headers: asked } = this.#request
    const isKept = this.#route?.method === 'GET'
    const whole = await wholeAnswer(bytes, { headers: asked, isKept })
    this.#send({
      status: whole.status === 304 ? 304 : status,
      headers: { ...headers, ...whole.headers },
      body: whole.body,
    })
  }

  async #sendLong(
    { status, headers }: Omit<HttpAnswer, 'body'>,
    opened: OpenedBody & { readonly kind: 'long' },
  ): Promise<void> {
    const response = this.#response
    const { waiting } = this.#options
    const encoding = answerEncodingOf(this.#request.headers['accept-encoding'])
    const ownHeaders = { ...headers, ...encodingHeaders(encoding) }
    response.writeHead(status, this.#headersOf(ownHeaders, this.#options.isStopping()))
    if (this.#request.method === 'HEAD') {
      await opened.rest.return()
      response.end()
    } else {
      await sendLongBody(opened, { response, encoding, waiting, signal: this.#gone.signal })
    }
    this.#answered = true
  }

  #checkSize(sizeBytes: number): void {
    const { name: listener, maxMessageBytes, maxMessageSetting, metrics } = this.#options
    if (sizeBytes <= maxMessageBytes) return
    metrics.add('spangate_messages_given_up_total', 1, { listener, reason: 'too_large' })
    throw tooLargeMessage(sizeBytes, maxMessageBytes, maxMessageSetting)
  }

  #send({ status, headers, body }: ReadyAnswer): void {
    if (this.#answered) return
    this.#answered = true
    this.#stream?.end()
    const request = this.#request
    const response = this.#response
    if (response.destroyed) return
    const isWhole = request.complete || !hasBody(request)
    const isLast = !isWhole || this.#options.isStopping()
    // RFC 9110 section 8.6: no length where there can be no content.
    const isEmpty = status === 204 || status === 304
    const size = isEmpty ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    response.writeHead(status, this.#headersOf({ ...headers, ...size }, isLast))
    if (isWhole) response.end(body)
    else this.#linger(body)
  }

  #headersOf(headers: HttpAnswer['headers'], isLast: boolean): Record<string, string> {
    const route = this.#route
    const cors = route?.cors.headers(this.#request.headers)
    const vary = [headers['vary'], route?.headers?.['vary'], cors?.['vary']].filter(Boolean)
    return {
      ...route?.headers,
      ...headers,
      ...cors,
      ...(vary.length > 0 && { vary: vary.join(', ') }),
      ...(isLast && { connection: 'close' }),
    }
  }

  /**
   * Answers a client that still sends: what comes is read over for a moment, since a socket that is
   * closed with bytes unread takes the answer back from a client that has not read it yet.
   */
  #linger(body: Uint8Array | string): void {
    const request = this.#request
    const response = this.#response
    if (body.length > 0) response.write(body)
    const end = () => {
      clearTimeout(timer)
      response.end()
    }
    const timer = setTimeout(end, lingerMs)
    request.once('end', end)
    response.once('close', () => clearTimeout(timer))
    request.resume()
  }

  #closed(): void {
    this.#stream?.gone()
    if (this.#answered) return
    this.#answered = true
    this.#gone.abort(new GatewayError('cancelled', 'Cannot answer: the client went away'))
  }
}

/** RFC 9110 section 15.5.6: the answer names what is allowed. */
function allowedBy({ method, cors }: HttpRoute): string {
  const read = method === 'GET' ? ['HEAD'] : []
  return [method, ...read, ...(cors.hasOrigins ? ['OPTIONS'] : [])].join(', ')
}

/** What a request without a body holds. */
const nothingHeld = { takeOver: () => 0, takeMemory: () => undefined }

/** Node sends no body where HEAD was asked, and otherwise it is GET. */
function methodOf({ method = 'GET' }: IncomingMessage): string {
  return method === 'HEAD' ? 'GET' : method
}

/** RFC 9112 section 3.2: a target is a path with a query, or all of a URL, as proxies send it. */
function targetOf(target: string): string {
  return target.replace(/^https?:\/\/[^/]*/i, '')
}

/** RFC 9112 section 6.3: without these headers a request has no body. */
function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
}

/** Clients' words in messages are cut. */
function shown(text = ''): string {
  return JSON.stringify(text.slice(0, 100))
}

/** RFC 9110 section 8.4.1: names in any case; `x-gzip` is `gzip`. The Collector calls `deflate` `zlib`, too. */
function encodingOf(header: string | undefined): MessageEncoding | undefined {
  const name = (header ?? '').trim().toLowerCase().replace(/^x-/, '')
  if (name === '' || name === 'identity') return undefined
  const encoding = messageEncodings.find((known) => known === (name === 'zlib' ? 'deflate' : name))
  if (encoding !== undefined) return encoding
  const known = messageEncodings.join(', ')
  const message = `Cannot decompress message: its encoding is ${shown(header)}, known are ${known}`
  throw new HttpRefusal(415, message, { 'accept-encoding': known })
}

/**
 * RFC 9112 section 6.1: a body in a transfer coding that is not known is answered with 501. Bodies are
 * compressed by Content-Encoding, which goes through proxies as it is. Node takes `chunked` off, and
 * answers by itself where that is not the last coding.
 */
function checkTransferCoding(header: string | undefined): void {
  const codings = (header ?? 'chunked').split(',').map((coding) => coding.trim().toLowerCase())
  if (codings.every((coding) => coding === 'chunked' || coding === 'identity')) return
  const state = `its transfer coding is ${shown(header)}, known is chunked; compress by Content-Encoding`
  throw new HttpRefusal(501, `Cannot read body: ${state}`)
}

/** Node's parser has checked it. */
function lengthOf(header: string | undefined): number | undefined {
  return header === undefined ? undefined : Number(header)
}

/** RFC 9110 section 10.2.3: whole seconds. */
function retryAfter({ retryAfterMs }: { readonly retryAfterMs: number | undefined }) {
  return retryAfterMs === undefined
    ? {}
    : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
}
