import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { grpcStatusOf } from '../errors/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { InboundStream, InflowBudget } from './inbound-stream.ts'
import type { InflowGate, MeteredConnection } from './metered-connection.ts'

/** What an `Inflow` is made of; one serves all listeners of the process. */
export interface InflowOptions {
  readonly budget: InflowBudget
  /** How long a request may wait for room before it is refused. */
  readonly waitMs: number
  /** How long a message may stand still while the bound presses. */
  readonly stalledAfterMs: number
  /** What a refused client is told to wait; 1 s by default. */
  readonly retryAfterMs?: number
  readonly metrics: Metrics
  readonly logger: Logger
}

/** A connection may always hold this much, so that headers and small requests get through. */
const floorBytes = 16 * 1024
/** What holds more than this share of the bound leaves `spareShare` of it to those that hold less. */
const smallShare = 1 / 1024
const spareShare = 1 / 8
/** How often what waits is looked at, while something does. */
const sweepMs = 250
/** Requests are refused until who waits longest can go on for this share of the bound. */
const roomShare = 1 / 8

/**
 * Keeps what arrives under the bound for bytes in flight.
 *
 * A connection is read from while it holds less than what is free (a dynamic threshold, as switches
 * share their buffer memory: Choudhury and Hahne, 1998). However many connections try, each comes to
 * a stop at the same level and that much stays free, so a newcomer's request finds room; an eighth of
 * the bound is for connections that hold little. One connection alone may take seven sixteenths.
 * Others wait. Three times a listener's largest message must therefore fit into the bound.
 *
 * Who waits longer than `waitMs` is refused with UNAVAILABLE and RetryInfo, those first that need
 * most to be complete; and a message that stands still for `stalledAfterMs` while somebody waits is
 * ended. So a bound full of unfinished messages always clears.
 */
export class Inflow implements InflowGate {
  readonly budget: InflowBudget
  readonly #options: InflowOptions
  readonly #connections = new Set<MeteredConnection>()
  readonly #paused = new Set<MeteredConnection>()
  readonly #unsubscribe: () => void
  #sweeper: NodeJS.Timeout | undefined
  #resuming = false

  constructor(options: InflowOptions) {
    this.#options = options
    this.budget = options.budget
    this.#unsubscribe = options.budget.onGiven(() => this.#resumeSoon())
    options.metrics.observe('spangate_receive_paused_connections', () => [
      { value: this.#paused.size, labels: {} },
    ])
    options.metrics.observe('spangate_bytes_in_flight', () => [
      { value: options.budget.boundBytes - options.budget.freeBytes, labels: {} },
    ])
  }

  /** Takes a connection under its care until it is removed. */
  add(connection: MeteredConnection): void {
    this.#connections.add(connection)
  }

  mayRead(connection: MeteredConnection): boolean {
    if (this.#fits(connection)) return true
    this.#paused.add(connection)
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref()
    return false
  }

  onDeclared(_connection: MeteredConnection, stream: InboundStream): void {
    stream.call?.checkDeclared()
  }

  remove(connection: MeteredConnection): void {
    this.#connections.delete(connection)
    this.#paused.delete(connection)
  }

  /** Stops its timer; safe to call twice. */
  close(): void {
    this.#unsubscribe()
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  #fits(connection: MeteredConnection): boolean {
    const { boundBytes, freeBytes } = this.budget
    // The common case costs no walk over the connection's streams.
    if (freeBytes > boundBytes * (1 - (1 - spareShare) / 2)) return true
    const held = connection.heldBytes
    if (held < floorBytes) return true
    return held < (held < boundBytes * smallShare ? freeBytes : freeBytes - boundBytes * spareShare)
  }

  #resumeSoon(): void {
    if (this.#resuming || this.#paused.size === 0) return
    this.#resuming = true
    setImmediate(() => {
      this.#resuming = false
      this.#resume()
    })
  }

  #resume(): void {
    for (const connection of this.#paused) {
      if (!this.#fits(connection)) continue
      this.#paused.delete(connection)
      connection.resumeReading()
    }
    if (this.#paused.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  #sweep(): void {
    this.#resume()
    if (this.#paused.size === 0) return
    const nowMs = performance.now()
    this.#refuseStalled(nowMs)
    this.#refuseWaiting(nowMs)
  }

  #refuseStalled(nowMs: number): void {
    const { stalledAfterMs } = this.#options
    for (const connection of this.#connections) {
      for (const stream of connection.streams()) {
        if (stream.finished || stream.heldBytes === 0) continue
        if (nowMs - stream.progressMs < stalledAfterMs) continue
        this.#refuse(connection, stream, 'stalled', nowMs)
      }
    }
  }

  #refuseWaiting(nowMs: number): void {
    const waiting: { connection: MeteredConnection; stream: InboundStream }[] = []
    const [longest] = this.#paused
    if (longest === undefined) return
    for (const connection of this.#paused) {
      const pausedForMs = nowMs - (connection.pausedMs ?? nowMs)
      for (const stream of connection.streams()) {
        // A little progress between two pauses does not start the wait anew.
        if (stream.finished || stream.waitedMs + pausedForMs < this.#options.waitMs) continue
        waiting.push({ connection, stream })
      }
    }
    // Most missing first, then the youngest: what is nearly there is kept.
    waiting.sort(
      (a, b) =>
        compare(b.stream.missingBytes, a.stream.missingBytes) ||
        b.stream.openedMs - a.stream.openedMs,
    )
    // What was refused is given back a little later, when its answer passes the connection.
    let roomBytes = this.budget.freeBytes - longest.heldBytes
    for (const { connection, stream } of waiting) {
      if (roomBytes >= this.budget.boundBytes * (spareShare + roomShare)) return
      roomBytes += stream.heldBytes * (connection === longest ? 2 : 1)
      this.#refuse(connection, stream, 'overloaded', nowMs)
    }
  }

  #refuse(
    connection: MeteredConnection,
    stream: InboundStream,
    reason: 'stalled' | 'overloaded',
    nowMs: number,
  ): void {
    // Refused a while ago and still here: its client does not even read the answer.
    if (stream.refusedMs !== undefined) {
      if (nowMs - stream.refusedMs >= 1000) connection.destroy()
      return
    }
    // Its headers are still on the way to grpc-js, or grpc-js has refused them by itself.
    if (stream.call === undefined) return
    stream.refusedMs = nowMs
    const { heldBytes, declaredBytes } = stream
    const { metrics, logger, retryAfterMs = 1000 } = this.#options
    metrics.add('spangate_messages_given_up_total', 1, {
      listener: connection.listenerName,
      reason,
    })
    logger.warn(
      { listener: connection.listenerName, reason, heldBytes, declaredBytes },
      'message given up before it had arrived',
    )
    const why =
      reason === 'stalled'
        ? `nothing has come for ${this.#options.stalledAfterMs} ms while memory is short`
        : `no room for the rest of it within ${this.#options.waitMs} ms`
    stream.call.refuse(
      grpcStatusOf(
        new GatewayError('overloaded', `Cannot receive message: ${why}`, { retryAfterMs }),
      ),
    )
  }
}

/** As a sort wants it, also for infinities. */
function compare(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
