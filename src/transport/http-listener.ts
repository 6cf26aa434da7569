import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { HttpRefusal } from '../errors/http-status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Bound, BoundAddress } from './bind-addresses.ts'
import { bindAddresses, logFailures } from './bind-addresses.ts'
import { BrokenConnections } from './broken-connections.ts'
import { endBrokenConnection } from './end-broken-connection.ts'
import type { WaitingAnswers } from './http-body.ts'
import type { HttpExchangeOptions } from './http-exchange.ts'
import { HttpExchange } from './http-exchange.ts'
import type { HttpRouter } from './http-route.ts'
import { InboundConnection } from './inbound-connection.ts'
import type { Inflow } from './inflow.ts'
import type { MemoryPool } from './memory-pool.ts'

/** What an HTTP port is made of. */
export interface HttpListenerOptions {
  /** Label of its metrics, for example `otlp_http`. */
  readonly name: string
  readonly addresses: readonly string[]
  /** 0 takes a free one. */
  readonly port: number
  readonly router: HttpRouter
  readonly inflow: Inflow
  /** Longest body, as it arrives and after decompression. */
  readonly maxMessageBytes: number
  /** The setting that this comes from. */
  readonly maxMessageSetting: string
  readonly maxConnections: number
  readonly messagePool?: MemoryPool<Buffer>
  /** Told of long answers that wait for their clients. */
  readonly waiting?: WaitingAnswers
  /** Most bytes of the headers of a request, its path and query among them; 16 KiB by default. */
  readonly maxHeaderBytes?: number
  /** How long a body may stand still. */
  readonly stalledAfterMs: number
  /** Other times for tests. */
  readonly times?: Partial<HttpTimes>
  readonly metrics: Metrics
  readonly logger: Logger
}

/** How long a client may take, in ms. */
export interface HttpTimes {
  /** For the headers of a request, from their first byte. */
  readonly headersMs: number
  /** For a whole request. */
  readonly requestMs: number
  /** Between two requests; longer than clients keep a connection, so that they close it. */
  readonly idleMs: number
  /** How often this is looked at. */
  readonly sweepMs: number
}

const timesDefault: HttpTimes = {
  headersMs: 15_000,
  requestMs: 300_000,
  idleMs: 120_000,
  sweepMs: 1000,
}

/** An HTTP port; see `createHttpListener`. */
export interface HttpListener {
  /** Resolves when connections are taken. */
  start(): Promise<{ readonly port: number; readonly addresses: readonly BoundAddress[] }>
  /**
   * Takes no more connections, lets requests under way finish, and cuts what is left after the
   * grace. Safe to call twice and without start.
   */
  stop(graceMs: number): Promise<void>
}

interface Connection {
  readonly socket: Socket
  readonly inbound: InboundConnection
  /** Requests that are not answered; more than one when a client does not wait for answers. */
  readonly exchanges: Set<HttpExchange>
  /** When the last of them was over, by the monotonic clock, and what had come by then. */
  idleSinceMs: number
  idleBytes: number
}

/**
 * Node pauses what it reads for a request by itself, down to its socket; to stop that socket beside
 * it would leave it reading where Node believes that it does not.
 */
const pausedByNode = { stop: () => {}, start: () => {} }

/**
 * An HTTP/1.1 port whose routes take large bodies: counted under the one bound of the process as
 * they arrive, held back while there is no room, ended when they stand still (408).
 *
 * Node's own server rather than a framework's: bodies are counted, paused and put together in pooled
 * memory here, and what is left for a framework is to find one of a few paths
 * (docs/adr/0008-http-receivers.md). Node's own time limits need a server that listens itself, so
 * they are kept here.
 */
export function createHttpListener(options: HttpListenerOptions): HttpListener {
  const { boundBytes } = options.inflow.budget
  if (options.maxMessageBytes * 3 > boundBytes) {
    throw new GatewayError(
      'bad_settings',
      `Cannot listen: ${options.maxMessageSetting} is ${options.maxMessageBytes} bytes, must be at most a third of the bound of bytes in flight, admission.max-bytes (${boundBytes})`,
    )
  }
  return new Listener(options)
}

class Listener implements HttpListener {
  readonly #options: HttpListenerOptions
  readonly #times: HttpTimes
  readonly #exchange: HttpExchangeOptions
  readonly #connections = new Map<Socket, Connection>()
  readonly #broken: BrokenConnections
  readonly #server
  #bound: Bound | undefined
  #sweeper: NodeJS.Timeout | undefined
  #stopped: Promise<void> | undefined
  #onIdle: () => void = () => {}

  constructor(options: HttpListenerOptions) {
    this.#options = options
    this.#times = { ...timesDefault, ...options.times }
    this.#broken = new BrokenConnections(options)
    this.#exchange = {
      name: options.name,
      router: options.router,
      gate: options.inflow,
      maxMessageBytes: options.maxMessageBytes,
      maxMessageSetting: options.maxMessageSetting,
      messagePool: options.messagePool,
      waiting: options.waiting,
      metrics: options.metrics,
      logger: options.logger,
      isStopping: () => this.#stopped !== undefined,
    }
    const take = (expects: boolean) => (request: IncomingMessage, response: ServerResponse) =>
      this.#onRequest(request, response, expects)
    this.#server = createServer(
      {
        keepAliveTimeout: this.#times.idleMs,
        maxHeaderSize: options.maxHeaderBytes ?? headerBytesDefault,
      },
      take(false),
    )
    this.#server.on('checkContinue', take(true))
    this.#server.on('clientError', (error, socket) => {
      const { exchanges = [] } = this.#connections.get(socket as Socket) ?? {}
      const isAnswered = [...exchanges].some((exchange) => exchange.hasBegunAnswer)
      const answer = endBrokenConnection(error, socket as Socket, isAnswered)
      if (answer !== undefined) this.#broken.add(socket as Socket, answer)
    })
  }

  async start() {
    const { addresses, port, logger, name } = this.#options
    const onConnection = (socket: Socket) => this.#onConnection(socket)
    const onError = logFailures(this.#options)
    this.#bound = await bindAddresses({ addresses, port, onConnection, onError })
    this.#sweeper = setInterval(() => this.#sweep(), this.#times.sweepMs).unref()
    logger.info({ listener: name, addresses: this.#bound.addresses }, 'HTTP listener started')
    return { port: this.#bound.port, addresses: this.#bound.addresses }
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs)
    return this.#stopped
  }

  async #stop(graceMs: number): Promise<void> {
    const { logger, name } = this.#options
    this.#bound?.close()
    // By now `isStopping` is true.
    await Promise.resolve()
    for (const { socket, exchanges } of this.#connections.values()) {
      if (exchanges.size === 0) socket.destroy()
    }
    const isBusy = () => [...this.#connections.values()].some(({ exchanges }) => exchanges.size > 0)
    if (isBusy()) {
      await new Promise<void>((resolve) => {
        const cut = setTimeout(() => {
          const connections = this.#connections.size
          logger.warn(
            { listener: name, connections },
            'requests cut after the grace of the shutdown',
          )
          resolve()
        }, graceMs)
        this.#onIdle = () => {
          if (isBusy()) return
          clearTimeout(cut)
          resolve()
        }
      })
    }
    clearInterval(this.#sweeper)
    for (const { socket, exchanges } of this.#connections.values()) {
      if (exchanges.size > 0) socket.destroy()
      else socket.destroySoon()
    }
    // Who does not read the last answer does not hold up the end.
    setTimeout(() => {
      for (const { socket } of this.#connections.values()) socket.destroy()
    }, lastAnswerMs).unref()
    logger.info({ listener: name }, 'HTTP listener stopped')
  }

  #onConnection(socket: Socket): void {
    const { name: listener, inflow, metrics, maxConnections } = this.#options
    if (this.#connections.size >= maxConnections) {
      metrics.add('spangate_connections_refused_total', 1, { listener })
      socket.destroy()
      return
    }
    const inbound = new InboundConnection(socket, listener, pausedByNode)
    this.#connections.set(socket, {
      socket,
      inbound,
      exchanges: new Set(),
      idleSinceMs: performance.now(),
      idleBytes: 0,
    })
    inflow.add(inbound)
    metrics.add('spangate_connections_open', 1, { listener })
    socket.once('close', () => {
      this.#connections.delete(socket)
      inflow.remove(inbound)
      metrics.add('spangate_connections_open', -1, { listener })
      this.#onIdle()
    })
    // Node's HTTP server takes sockets that others have accepted, and sets nothing of its options on them.
    this.#server.emit('connection', socket)
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, expects: boolean): void {
    const connection = this.#connections.get(request.socket)
    if (connection === undefined || connection.exchanges.size >= pipelinedMax) {
      request.socket.destroy()
      return
    }
    const { exchanges, inbound, socket } = connection
    const exchange = new HttpExchange(this.#exchange, inbound, request, response)
    exchanges.add(exchange)
    response.once('close', () => {
      exchanges.delete(exchange)
      connection.idleSinceMs = performance.now()
      connection.idleBytes = socket.bytesRead
      this.#onIdle()
    })
    exchange.start(expects)
  }

  #sweep(): void {
    const nowMs = performance.now()
    const { headersMs, idleMs } = this.#times
    for (const { socket, exchanges, idleSinceMs, idleBytes } of this.#connections.values()) {
      if (exchanges.size > 0) {
        for (const exchange of exchanges) this.#endStalled(exchange, nowMs)
      } else {
        const maxMs = socket.bytesRead > idleBytes ? headersMs : idleMs
        if (nowMs - idleSinceMs > maxMs) socket.destroy()
      }
    }
  }

  #endStalled(exchange: HttpExchange, nowMs: number): void {
    const { stream } = exchange
    // Who waits for room stands still because of us.
    if (stream === undefined || stream.finished || stream.pausedMs !== undefined) return
    const { name: listener, stalledAfterMs, metrics } = this.#options
    const { requestMs } = this.#times
    const isStalled = nowMs - Math.max(stream.progressMs, stream.resumedMs) > stalledAfterMs
    if (!isStalled && nowMs - stream.openedMs - stream.waitedMs < requestMs) return
    metrics.add('spangate_messages_given_up_total', 1, { listener, reason: 'stalled' })
    const why = isStalled
      ? `nothing has come for ${stalledAfterMs} ms (admission.stalled-after)`
      : `it has not arrived within ${requestMs} ms`
    exchange.fail(new HttpRefusal(408, `Cannot receive message: ${why}`))
  }
}

const headerBytesDefault = 16 * 1024
/** Requests that a client may send ahead of their answers; more cut its connection. */
const pipelinedMax = 100
/** How long the last answers may take to leave after a stop. */
const lastAnswerMs = 1000
