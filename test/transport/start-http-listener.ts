import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Logger } from 'pino'
import { pino } from 'pino'
import { HttpRefusal } from '../../src/errors/http-status.ts'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { CorsPolicy } from '../../src/transport/cors.ts'
import type { WaitingAnswers } from '../../src/transport/http-body.ts'
import type { HttpListener, HttpTimes } from '../../src/transport/http-listener.ts'
import { createHttpListener } from '../../src/transport/http-listener.ts'
import type {
  HttpAnswer,
  HttpRequest,
  HttpRoute,
  HttpRouter,
} from '../../src/transport/http-route.ts'
import { routesByPath } from '../../src/transport/http-route.ts'
import { Inflow } from '../../src/transport/inflow.ts'
import { createMessagePool } from '../../src/transport/memory-pool.ts'

/** What a test listener is made of. */
export interface TestHttpOptions {
  /** Instead of `/test`. */
  readonly routes?: (parts: {
    readonly budget: ByteBudget
    readonly metrics: Metrics
    readonly logger: Logger
  }) => HttpRoute[]
  /** Instead of routes. */
  readonly router?: HttpRouter
  /** The same, where it counts. */
  readonly countingRouter?: (metrics: Metrics) => HttpRouter
  readonly waiting?: WaitingAnswers
  readonly handle?: (request: HttpRequest) => Promise<HttpAnswer>
  readonly origins?: readonly string[]
  readonly boundBytes?: number
  readonly maxMessageBytes?: number
  readonly maxConnections?: number
  readonly waitMs?: number
  readonly stalledAfterMs?: number
  readonly times?: Partial<HttpTimes>
}

/** A running listener and what it is made of. */
export interface TestHttpListener {
  readonly listener: HttpListener
  readonly budget: ByteBudget
  readonly metrics: Metrics
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

/** Answers how many bytes a body has. */
export async function answerLength({ pieces }: HttpRequest): Promise<HttpAnswer> {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(size) }
}

/** Starts a listener on a free port, silent, with one route that takes text. */
export async function startHttpListener(options: TestHttpOptions = {}): Promise<TestHttpListener> {
  const logger = pino({ level: 'silent' })
  const metrics = createMetrics()
  const { waitMs = 2000, stalledAfterMs = 10_000, boundBytes = 64 * 1024 * 1024 } = options
  const budget = new ByteBudget({ boundBytes, waitMs })
  const inflow = new Inflow({ budget, waitMs, stalledAfterMs, metrics, logger })
  const route: HttpRoute = {
    path: '/test',
    method: 'POST',
    cors: new CorsPolicy(options.origins ?? [], ['POST']),
    accept: ({ 'content-type': type }) => {
      if (type === 'text/plain') return options.handle ?? answerLength
      throw new HttpRefusal(415, 'not text')
    },
    describe: ({ code, message }) => ({ contentType: 'text/plain', body: `${code} ${message}` }),
  }
  const listener = createHttpListener({
    name: 'test',
    addresses: ['127.0.0.1'],
    port: 0,
    router:
      options.countingRouter?.(metrics) ??
      options.router ??
      routesByPath(options.routes?.({ budget, metrics, logger }) ?? [route]),
    ...(options.waiting && { waiting: options.waiting }),
    inflow,
    maxMessageBytes: options.maxMessageBytes ?? 1024 * 1024,
    maxMessageSetting: 'test.max-message-size',
    maxConnections: options.maxConnections ?? 100,
    messagePool: createMessagePool(),
    stalledAfterMs,
    times: { sweepMs: 20, ...options.times },
    metrics,
    logger,
  })
  const { port } = await listener.start()
  const close = async () => {
    await listener.stop(100)
    inflow.close()
    await metrics.close()
  }
  return { listener, budget, metrics, port, url: `http://127.0.0.1:${port}/test`, close }
}

/** A connection on which bytes are sent by hand. */
export class RawConnection {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  #received = ''

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text
    })
    this.socket.on('error', () => {})
    // Also by an error, which `once` would reject with.
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  /** Sends the headers of a POST of text, and what follows. */
  post(headers: readonly string[], body = ''): void {
    const lines = ['POST /test HTTP/1.1', 'Host: test', 'Content-Type: text/plain', ...headers]
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  }

  /** All that came. */
  get received(): string {
    return this.#received
  }

  /** Waits until what came has this in it, or the connection is closed. */
  async receives(text: string): Promise<string> {
    while (!this.#received.includes(text) && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'data').catch(() => {}), this.closed])
    }
    return this.#received
  }
}
