import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { refusalOf } from '../../../bridge/opentelemetry/grpc-refusal.ts'
import type {
  Refusal,
  SpanTransport,
  TransportAnswer,
  TransportCall,
} from '../../../bridge/opentelemetry/span-transport.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { grpcStatusOf } from '../../errors/status.ts'
import { encodeExportResponse } from '../otlp-grpc/trace-service.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'

/** What the receiver is made of. */
export interface InProcessReceiverOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

const source = { receiver: 'in_process', format: 'otlp_proto' } as const

/**
 * Takes spans of the process that the gateway runs in, without a socket: for the exporter of
 * `spangate/client`. They are let in, counted and stored as any others, and bad ones are rejected.
 *
 * Requests are copied, since decoding and storing may give their memory to other threads while the
 * exporter keeps its own to send it again.
 */
export class InProcessReceiver {
  /** For exporters. Closing it is nothing: the gateway ends with who started it. */
  readonly transport: SpanTransport = {
    send: (request, call) => this.#take(request, call),
    close: () => {},
  }
  readonly #options: InProcessReceiverOptions
  readonly #aborter = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  #isStopped = false

  constructor(options: InProcessReceiverOptions) {
    this.#options = options
  }

  /** Takes nothing more, and waits for what is under way up to the grace. Safe to call twice. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true
    const early = new AbortController()
    const late = sleep(graceMs, undefined, { signal: early.signal }).catch(() => {})
    await Promise.race([late, Promise.all(this.#underWay)])
    early.abort()
    this.#aborter.abort(stopped)
    await Promise.all(this.#underWay)
  }

  #take(request: Uint8Array, call: TransportCall): Promise<TransportAnswer> {
    if (this.#isStopped) return Promise.resolve(gone)
    const taking = this.#receive(request, call).finally(() => this.#underWay.delete(taking))
    this.#underWay.add(taking)
    return taking
  }

  async #receive(
    request: Uint8Array,
    { timeoutMs, signal }: TransportCall,
  ): Promise<TransportAnswer> {
    const ended = new AbortController()
    const cancel = () => ended.abort(cancelled)
    if (signal.aborted) cancel()
    signal.addEventListener('abort', cancel, { once: true })
    const timer = setTimeout(() => ended.abort(late), timeoutMs)
    try {
      const received = await receiveSpans(this.#options, {
        source,
        pieces: [Buffer.from(request)],
        held: heldByExporter,
        deadlineUnixMs: Date.now() + timeoutMs,
        signal: AbortSignal.any([ended.signal, this.#aborter.signal]),
      })
      return { kind: 'taken', response: encodeExportResponse(received) }
    } catch (error) {
      return this.#refusalOf(error)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
    }
  }

  #refusalOf(error: unknown): Refusal {
    const { code, message, details, bug } = grpcStatusOf(error)
    if (bug) this.#options.logger.error({ err: error, ...source }, 'request failed')
    const name = error instanceof GatewayError ? error.code : bug ? 'internal' : 'undecodable'
    return refusalOf({ code, name, message, ...(details !== undefined && { details }) })
  }
}

/** The exporter counts these bytes in a queue of its own until they are let in. */
const heldByExporter = { takeOver: () => 0, takeMemory: () => undefined }

const late = new GatewayError('deadline_exceeded', 'Cannot store spans: the deadline has passed')
const cancelled = new GatewayError('cancelled', 'Cannot store spans: their exporter has shut down')
const stopped = new GatewayError('cancelled', 'Cannot store spans: the gateway is stopping')
const gone: Refusal = {
  kind: 'refused',
  code: 'unavailable',
  message: 'Cannot take spans: the gateway has stopped',
  isRetryable: false,
}
