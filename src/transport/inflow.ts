import type { Logger } from 'pino'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CompletionRoom } from './completion-room.ts'
import type {
  GivenUp,
  InboundConnection,
  InboundStream,
  InflowBudget,
  InflowGate,
} from './inbound-connection.ts'
import { busyError, noRoomError, stalledError } from './inflow-errors.ts'
import { StandingTime } from './standing-time.ts'
import { bytesOfParts, mostMissingFirst, waitingFor } from './stream-order.ts'

/** What an `Inflow` is made of; one serves all listeners of the process. */
export interface InflowOptions {
  readonly budget: InflowBudget
  /** How long a request may wait for room before it is refused. */
  readonly waitMs: number
  /** How long a message may stand still while the bound presses, and how long one may take that is let in to its end. */
  readonly stalledAfterMs: number
  /** What a refused client is told to wait; 1 s by default. */
  readonly retryAfterMs?: number
  readonly metrics: Metrics
  readonly logger: Logger
}

/**
 * What a client may send of one request before we have read any of it: HTTP/2's window of a stream.
 * With 256 KiB a request of 350 KB takes two round trips (Node's own 64 KiB: six); what it costs us
 * is the same from 64 KiB to 1 MiB.
 */
export const windowBytes = 256 * 1024

/** A connection may hold this much as long as there is any room. */
const floorBytes = 16 * 1024
/** A request over this share of the bound leaves `spareShare` of it to smaller ones. */
const smallShare = 1 / 1024
const smallBytesMin = 64 * 1024
const spareShare = 1 / 8
/** What a connection may bring that there is no room for; then its socket is not read from. */
const excessBytesMax = 2 * windowBytes
/** The same for all connections when less than this part of the spare is left. */
const scarceShare = (spareShare * 3) / 4
/** What a connection may hold that is alone: as much as is then free, less the spare. */
const aloneShare = (1 - spareShare) / 2
/** How often what waits is looked at, while something does. */
const sweepMs = 250
/** A refused client has this long to notice. */
const noticeMs = 1000
/** From here on pieces of messages are copied out of the buffers they came in. */
const pressedShare = 1 / 8
/** Requests are refused until who waits longest can go on for this share of the bound. */
const roomShare = 1 / 8

/**
 * Keeps what arrives under the bound for bytes in flight (docs/adr/0006-bytes-counted-on-streams.md).
 *
 * A connection's requests come further while it holds less than what is free (a dynamic threshold,
 * as switches share their buffer memory: Choudhury and Hahne, 1998). However many connections try,
 * each comes to a stop at the same level and that much stays free, so a newcomer's request finds
 * room; an eighth of the bound is for small requests, also for those that share a connection with
 * large ones. One connection alone may take seven sixteenths. Others wait. Three times a listener's
 * largest message must therefore fit into the bound.
 *
 * Equal shares alone would let the parts of many large messages fill the bound, and none of them become whole. Of
 * those that wait some are therefore let in to their end, with room that is kept for them (completion-room.ts).
 * Where none fits, and nothing that is whole will give room, some are refused at once.
 *
 * A request that has to wait is not read from, and HTTP/2's window of its stream stops its client.
 * Whoever is not read from holds up nobody else: Node gives the window of the connection back as
 * bytes arrive, whatever becomes of their stream. So that window bounds nothing either: what the
 * windows of streams let in is counted, and a connection that brings too much of it is not read from
 * at all. One read of each socket, 64 KiB, may therefore come on top of the bound, and no more.
 *
 * That bounds memory, not time: a bound full of requests may be many seconds of work. Once requests
 * take more than half of `waitMs`, as many are left as are answered within that time, and new ones are
 * refused at their headers (standing-time.ts), however many: to refuse one costs a part of what to
 * answer it does, but what is not refused waits, and holds memory as long. A request that is alone on
 * its connection is always taken, so that clients with one at a time get through beside those with
 * hundreds.
 *
 * A connection of HTTP/1 has one request at a time; Node's own pausing of it reaches its socket.
 *
 * Who waits longer than `waitMs` is refused with UNAVAILABLE and RetryInfo (503 and Retry-After), those first that need
 * most to be complete; and a message of which less than 64 KiB comes within `stalledAfterMs` while somebody waits is
 * ended. So a bound full of unfinished messages always clears.
 */
export class Inflow implements InflowGate {
  readonly budget: InflowBudget
  readonly #options: InflowOptions
  readonly #retryAfterMs: number
  readonly #connections = new Set<InboundConnection>()
  /** Connections that have something waiting, the longest first. */
  readonly #waiting = new Set<InboundConnection>()
  /** Refused for want of room, and still on their connection. */
  readonly #refused = new Set<InboundStream>()
  readonly #unsubscribe: () => void
  #sweeper: NodeJS.Timeout | undefined
  #resuming = false
  readonly #standing: StandingTime
  readonly #completion: CompletionRoom
  /** Requests with spans that share their connection with others. */
  readonly #many = new Set<InboundStream>()
  #wasStanding = false

  constructor(options: InflowOptions) {
    this.#options = options
    this.#retryAfterMs = options.retryAfterMs ?? 1000
    this.budget = options.budget
    this.#standing = new StandingTime({ targetMs: options.waitMs / 2 })
    const { budget, stalledAfterMs } = options
    this.#completion = new CompletionRoom({ budget, turnMs: stalledAfterMs })
    this.#unsubscribe = options.budget.onGiven(() => this.#resumeSoon())
    options.metrics.observe('spangate_receive_paused_connections', () => [
      { value: this.pausedConnections, labels: {} },
    ])
    options.metrics.observe('spangate_receive_seconds', () => [
      { value: this.requestSeconds, labels: {} },
    ])
    options.metrics.observe('spangate_bytes_in_flight', () => [
      { value: options.budget.boundBytes - options.budget.freeBytes, labels: {} },
    ])
  }

  /** Connections with requests that are not read from. */
  get pausedConnections(): number {
    return this.#waiting.size
  }

  /** How long requests with spans took: the mean of the last half second in which some ended. */
  get requestSeconds(): number {
    return this.#standing.meanMs / 1000
  }

  /** Takes a connection under its care until it is removed. */
  add(connection: InboundConnection): void {
    this.#connections.add(connection)
  }

  /** The connection is gone. */
  remove(connection: InboundConnection): void {
    this.#connections.delete(connection)
    this.#waiting.delete(connection)
    connection.end()
  }

  get isPressed(): boolean {
    return this.budget.freeBytes < this.budget.boundBytes * (1 - pressedShare)
  }

  onRequest(connection: InboundConnection): GatewayError | undefined {
    if (connection.streams.size === 0) return
    if (this.#many.size < this.#standing.requestsMax) return
    this.#countGivenUp(connection, 'busy')
    return busyError(this.#standing, this.#retryAfterMs)
  }

  onTaken(stream: InboundStream): void {
    if (stream.connection.streams.size === 1) return
    this.#many.add(stream)
  }

  onEnded(stream: InboundStream): void {
    this.#completion.delete(stream)
    if (!this.#many.delete(stream) || !stream.finished || stream.refusedMs !== undefined) return
    const nowMs = performance.now()
    const tookMs = nowMs - stream.openedMs
    const insideMs = nowMs - stream.progressMs
    if (this.#standing.answered({ tookMs, insideMs })) this.#shortenQueue(nowMs)
  }

  onArrived(stream: InboundStream, sizeBytes: number): void {
    const isLetIn = this.#completion.onArrived(stream)
    const { boundBytes, freeBytes } = this.budget
    // The common case.
    if (freeBytes > boundBytes * (1 - aloneShare) && stream.pausedMs === undefined) return
    const { connection } = stream
    const hasRoom = this.#roomOf(connection) > 0
    if (hasRoom) connection.excessBytes = 0
    else if (!isLetIn && !this.#mayPass(stream)) {
      connection.excessBytes += sizeBytes
      this.#pause(stream)
    }
    // What is there needs no more room; its end may still have to come.
    if (stream.missingBytes === 0) this.#go(stream)
  }

  onFinished(stream: InboundStream): void {
    // It may be shorter than what was kept for it.
    if (this.#completion.delete(stream)) this.#resumeSoon()
    // Also of one that was cut short: while it is stopped nobody sees its end.
    this.#go(stream)
  }

  onGone(stream: InboundStream): void {
    this.#refused.delete(stream)
  }

  /** Stops its timer; safe to call twice. */
  close(): void {
    this.#unsubscribe()
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  /** How much a connection may hold on top of what it does; nothing at or below 0. */
  #roomOf({ heldBytes }: InboundConnection): number {
    const openBytes = this.#openBytes
    const limitBytes = openBytes - this.budget.boundBytes * spareShare
    return Math.max(limitBytes, Math.min(openBytes, floorBytes)) - heldBytes
  }

  /** What is free and not kept for messages that are let in. */
  get #openBytes(): number {
    return this.budget.freeBytes - this.#completion.keptBytes
  }

  /** A small request takes from the spare, not all of it when its connection holds much already. */
  #mayPass({ wholeBytes, connection }: InboundStream): boolean {
    const { boundBytes } = this.budget
    const smallBytes = Math.max(smallBytesMin, boundBytes * smallShare)
    if (wholeBytes > smallBytes) return false
    return this.#openBytes > (connection.heldBytes <= smallBytes ? 0 : boundBytes * scarceShare)
  }

  #pause(stream: InboundStream): void {
    const { connection } = stream
    this.#wait(stream)
    // What its other requests may still send has to come before a message that is let in: as much as one may hold alone.
    const isOver = connection.heldBytes > this.budget.boundBytes * aloneShare
    if (!isOver && this.#completion.isOpenTo(connection)) return
    const isScarce = this.#openBytes < this.budget.boundBytes * scarceShare
    if (!isScarce && connection.excessBytes <= excessBytesMax) return
    if (!connection.stopped) {
      for (const other of connection.streams) {
        if (other.missingBytes > 0 && !this.#completion.has(other)) this.#wait(other)
      }
    }
    connection.stopReading()
  }

  #wait(stream: InboundStream): void {
    if (stream.pausedMs === undefined) {
      stream.pausedMs = performance.now()
      stream.connection.waiting.add(stream)
      stream.call.pause()
    }
    this.#waiting.add(stream.connection)
    // Behind what has come already: this thread may have been busy, and no client is slow for that.
    this.#sweeper ??= setInterval(() => setImmediate(() => this.#sweep()), sweepMs).unref()
  }

  #go(stream: InboundStream): void {
    if (stream.pausedMs === undefined) return
    stream.resumedMs = performance.now()
    stream.waitedMs += stream.resumedMs - stream.pausedMs
    stream.pausedMs = undefined
    stream.connection.waiting.delete(stream)
    stream.call.resume()
  }

  #resumeSoon(): void {
    if (this.#resuming || this.#waiting.size === 0) return
    this.#resuming = true
    setImmediate(() => {
      this.#resuming = false
      this.#resume()
    })
  }

  #resume(): void {
    this.#goOn(this.#completion.letIn(this.#waiting, performance.now()))
    // What the windows of those that go on let in; more than there is room for would take what is kept for others.
    let comingBytes = 0
    for (const connection of this.#waiting) {
      let roomBytes = this.#roomOf(connection) - comingBytes
      if (roomBytes > 0) {
        connection.excessBytes = 0
        connection.startReading()
      }
      for (const stream of connection.waiting) {
        if (roomBytes <= 0 && !this.#mayPass(stream)) continue
        const nextBytes = Math.min(stream.missingBytes, windowBytes)
        roomBytes -= nextBytes
        comingBytes += nextBytes
        this.#go(stream)
        connection.startReading()
      }
      if (!connection.stopped && connection.waiting.size === 0) this.#waiting.delete(connection)
    }
  }

  #goOn(streams: readonly InboundStream[]): void {
    for (const stream of streams) {
      this.#go(stream)
      stream.connection.startReading()
    }
  }

  /** Refuses requests that have not arrived until as few are left as can be answered in time. */
  #shortenQueue(nowMs: number): void {
    const isStanding = this.#standing.standingMs !== undefined
    if (isStanding !== this.#wasStanding) {
      this.#wasStanding = isStanding
      const tookMs = Math.round(this.#standing.meanMs)
      if (isStanding) this.#options.logger.warn({ tookMs }, 'requests take too long, refusing some')
      else this.#options.logger.info({ tookMs }, 'requests no longer take too long')
    }
    const tooMany = this.#many.size - this.#standing.requestsMax
    if (tooMany <= 0) return
    const arriving = [...this.#many].filter(({ finished }) => !finished)
    // Least arrived first, then the youngest: what is nearly there is kept.
    arriving.sort((a, b) => a.arrivedBytes - b.arrivedBytes || b.openedMs - a.openedMs)
    for (const stream of arriving.slice(0, tooMany)) this.#refuse(stream, 'busy', nowMs)
  }

  #countGivenUp({ listenerName: listener }: InboundConnection, reason: GivenUp): void {
    this.#options.metrics.add('spangate_messages_given_up_total', 1, { listener, reason })
  }

  #sweep(): void {
    if (this.#sweeper === undefined) return
    const nowMs = performance.now()
    for (const stream of this.#completion.takeUnused(nowMs)) this.#wait(stream)
    this.#resume()
    this.#cutUnnoticed(nowMs)
    if (this.#waiting.size > 0) {
      this.#refuseStuck(nowMs)
      this.#refuseStalled(nowMs)
      this.#refuseWaiting(nowMs)
    }
    if (this.#waiting.size > 0 || this.#refused.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  /** Refused a while ago and still here: its client does not even read the answer. */
  #cutUnnoticed(nowMs: number): void {
    for (const { refusedMs = nowMs, connection } of this.#refused) {
      if (nowMs - refusedMs >= noticeMs) connection.destroy()
    }
  }

  #refuseStalled(nowMs: number): void {
    const { stalledAfterMs } = this.#options
    for (const connection of this.#connections) {
      for (const stream of connection.streams) {
        if (stream.finished || stream.heldBytes === 0) continue
        if (stream.stoodMsAt(nowMs) >= stalledAfterMs) this.#refuse(stream, 'stalled', nowMs)
      }
    }
  }

  /** Lets nobody wait for room that parts of messages have, and will not give. */
  #refuseStuck(nowMs: number): void {
    // What was refused is given back a little later.
    if (this.#refused.size > 0) return
    const partsBytes = bytesOfParts(this.#connections)
    const { letIn, inTheWay } = this.#completion.unstick(this.#waiting, partsBytes, nowMs)
    this.#goOn(letIn)
    for (const stream of inTheWay) this.#refuse(stream, 'overloaded', nowMs)
  }

  #refuseWaiting(nowMs: number): void {
    const [longest] = this.#waiting
    if (longest === undefined) return
    const waiting = waitingFor(this.#options.waitMs, this.#waiting, nowMs)
    // As above, since grpc-js has to answer.
    let roomBytes = this.budget.freeBytes - longest.heldBytes
    for (const stream of mostMissingFirst(waiting)) {
      if (roomBytes >= this.budget.boundBytes * (spareShare + roomShare)) return
      roomBytes += stream.heldBytes * (stream.connection === longest ? 2 : 1)
      this.#refuse(stream, 'overloaded', nowMs)
    }
  }

  #refuse(stream: InboundStream, reason: Exclude<GivenUp, 'too_large'>, nowMs: number): void {
    if (stream.refusedMs !== undefined) return
    stream.refusedMs = nowMs
    this.#completion.delete(stream)
    this.#countGivenUp(stream.connection, reason)
    if (reason === 'busy') {
      stream.call.refuse(busyError(this.#standing, this.#retryAfterMs), reason)
      return
    }
    this.#refused.add(stream)
    stream.call.refuse(this.#noRoomError(stream, reason), reason)
  }

  #noRoomError(stream: InboundStream, reason: 'stalled' | 'overloaded'): GatewayError {
    const { heldBytes, declaredBytes } = stream
    const { logger, stalledAfterMs, waitMs } = this.#options
    const listener = stream.connection.listenerName
    logger.warn(
      { listener, reason, heldBytes, declaredBytes },
      'message given up before it had arrived',
    )
    if (reason === 'stalled') return stalledError(stalledAfterMs, this.#retryAfterMs)
    const isLong = stream.waitedMsAt(performance.now()) >= waitMs
    return noRoomError(isLong ? waitMs : undefined, this.#retryAfterMs)
  }
}
