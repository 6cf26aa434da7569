import type { Socket } from 'node:net'
import { GatewayError } from '../errors/gateway-error.ts'
import type { MemoryPool } from './memory-pool.ts'
import { ResetBudget } from './reset-budget.ts'
import { readStart, readStop } from './socket-reading.ts'

/** The bound for bytes in flight, as far as listeners need it; src/pipeline has it. */
export interface InflowBudget {
  readonly boundBytes: number
  readonly freeBytes: number
  /** Counts bytes that are in memory already. */
  take(sizeBytes: number): void
  /** Gives bytes back. */
  give(sizeBytes: number): void
  /** Waits for room and takes it; throws GatewayError 'overloaded' when there is none in time. */
  acquire(claim: {
    readonly sizeBytes: number
    readonly deadlineUnixMs?: number | undefined
    readonly signal: AbortSignal
  }): Promise<void>
  /** Calls back after bytes were given back. */
  onGiven(listener: () => void): () => void
}

/** Decides which requests may come further; src/transport/inflow.ts. */
export interface InflowGate {
  readonly budget: InflowBudget
  /** True while so much is in flight that memory must not be held beyond what is counted. */
  readonly isPressed: boolean
  /** A request with spans begins. @returns why it is not taken, when it is not */
  onRequest(connection: InboundConnection): GatewayError | undefined
  /** The same request's stream, once it is taken. */
  onTaken(stream: InboundStream): void
  /** Bytes have arrived and are counted. */
  onArrived(stream: InboundStream, sizeBytes: number): void
  /** Nothing more comes of it. */
  onFinished(stream: InboundStream): void
  /** The call is over. */
  onEnded(stream: InboundStream): void
  /** The stream is gone from the connection. */
  onGone(stream: InboundStream): void
}

/** Why a message is ended before it has arrived whole: labels of spangate_messages_given_up_total. */
export type GivenUp = 'stalled' | 'overloaded' | 'busy' | 'too_large'

/** What can be done to the call on a stream. */
export interface StreamCall {
  /** Stops and goes on reading, so that its client has to wait. */
  pause(): void
  resume(): void
  /** Answers with a failure; later answers are ignored. */
  refuse(error: GatewayError, reason: GivenUp): void
  /** Tells the client to stop sending, after the answer. */
  reset(): void
  /** The message's length is known: refuses it when it is over the limit. */
  checkDeclared(): void
}

/** Memory of the listener that a request's message lies in. */
export interface HeldMemory {
  /**
   * From now on the caller decides how long the message stays as it is.
   *
   * @returns gives the memory back; undefined for a message that lies in memory of its own
   * @throws GatewayError 'cancelled' when the call is over already, and the message gone with it
   */
  takeMemory(): (() => void) | undefined
}

/** Length of gRPC's prefix of a message; a body of HTTP has none. */
export const grpcPrefixBytes = 5

/** Who brings less than this for long stands still, whatever trickles in. */
export const strideBytes = 64 * 1024

/** How a stream's message begins, and how long it may be. */
export interface MessageForm {
  /** Bytes in front of it; those of gRPC by default. */
  readonly prefixBytes?: number
  /** What a message may have whose length is not known before its end; infinite by default. */
  readonly unknownBytesMax?: number
}

/** How a socket is stopped and read on. */
export interface SocketReading {
  stop(socket: Socket): void
  start(socket: Socket): void
}

const nativeReading: SocketReading = { stop: readStop, start: readStart }

/** A client's connection: its socket, and what its requests hold. */
export class InboundConnection {
  readonly listenerName: string
  readonly #socket: Socket
  readonly #reading: SocketReading
  /** Its requests that are not over. */
  readonly streams = new Set<InboundStream>()
  /** Those of them that `Inflow` has stopped, in the order in which it did. */
  readonly waiting = new Set<InboundStream>()
  /** Bytes that its requests hold, as far as nobody has taken them over. */
  heldBytes = 0
  /** Bytes that came although there was no room, since there last was. */
  excessBytes = 0
  readonly resets = new ResetBudget()
  /** True once its client was asked to connect anew. */
  renewed = false
  #stopped = false

  constructor(socket: Socket, listenerName: string, reading = nativeReading) {
    this.#socket = socket
    this.#reading = reading
    this.listenerName = listenerName
  }

  /** True while nothing is read from the socket. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Reads nothing more. What one read has brought already still comes. */
  stopReading(): void {
    this.#stopped = true
    // Every time: after a write of its own Node may have gone on reading.
    this.#reading.stop(this.#socket)
  }

  /** Reads on. */
  startReading(): void {
    if (!this.#stopped) return
    this.#stopped = false
    this.#reading.start(this.#socket)
  }

  /** Nothing is held for it any more. */
  end(): void {
    for (const stream of this.streams) stream.end()
  }

  /** Cuts it. */
  destroy(): void {
    this.#socket.destroy()
  }
}

/**
 * One request on its way in: what it has in memory, and how far its message has come.
 *
 *   gRPC message   compressed flag (8 bits), length (32), body
 *   HTTP           the body; its length may be known before, or only at its end
 *
 * Its bytes are counted from their arrival until the call is over or someone has taken them over.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message.
 */
export class InboundStream {
  readonly connection: InboundConnection
  readonly call: StreamCall
  readonly #gate: InflowGate
  /** Body length that the prefix or a header gives; undefined while it is not known. */
  declaredBytes: number | undefined
  /** Whether the first message is compressed. */
  compressed = false
  #finished = false
  /** True once nothing is held for it any more: it was answered, reset or cut. */
  over = false
  /** True when it was over before that; its client then resets it. */
  cut = false
  /** When it opened and when its last byte came, by the monotonic clock. */
  readonly openedMs: number
  progressMs: number
  /** When it was stopped; undefined while it may come further. */
  pausedMs: number | undefined
  /** How long it was stopped, in the pauses that are over, and when the last one ended. */
  waitedMs = 0
  resumedMs = 0
  /** When it was refused by us; its client still has to notice. */
  refusedMs: number | undefined
  #heldBytes = 0
  /** Gives back what the message lies in; undefined when it lies in memory of its own. */
  #giveMemory: (() => void) | undefined
  #arrivedBytes = 0
  #prefixLength = 0
  /** When the last stride ended, by the time of `ranMsAt`, and with how many bytes the next one does. */
  #strideRanMs = 0
  #strideEndBytes = strideBytes

  readonly #prefixBytes: number
  readonly #unknownBytesMax: number

  constructor(
    connection: InboundConnection,
    gate: InflowGate,
    call: StreamCall,
    form: MessageForm = {},
  ) {
    this.#prefixBytes = form.prefixBytes ?? grpcPrefixBytes
    this.#unknownBytesMax = form.unknownBytesMax ?? Number.POSITIVE_INFINITY
    this.connection = connection
    this.call = call
    this.#gate = gate
    this.openedMs = performance.now()
    this.progressMs = this.openedMs
    connection.streams.add(this)
  }

  /** Bytes that count as in flight for this stream. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Bytes that have arrived, the prefix included. */
  get arrivedBytes(): number {
    return this.#arrivedBytes
  }

  /** True once the client has sent its last byte. */
  get finished(): boolean {
    return this.#finished
  }

  /** Bytes of the message with its prefix: the most that it may have while its length is not known. */
  get wholeBytes(): number {
    return this.#prefixBytes + (this.declaredBytes ?? this.#unknownBytesMax)
  }

  /** Bytes of the message that have not arrived. */
  get missingBytes(): number {
    return Math.max(0, this.wholeBytes - this.#arrivedBytes)
  }

  /** How long it was stopped in all. A little progress between two pauses does not start the wait anew. */
  waitedMsAt(nowMs: number): number {
    return this.waitedMs + nowMs - (this.pausedMs ?? nowMs)
  }

  /** How long it has been open without being stopped: the time that its client had. */
  ranMsAt(nowMs: number): number {
    return nowMs - this.openedMs - this.waitedMsAt(nowMs)
  }

  /** How much of that time has passed since it last had come `strideBytes` further. */
  stoodMsAt(nowMs: number): number {
    return this.ranMsAt(nowMs) - this.#strideRanMs
  }

  /** Bytes of content have arrived. */
  arrive(chunk: Uint8Array): void {
    if (this.over) return
    this.progressMs = performance.now()
    const known = this.declaredBytes !== undefined
    if (!known && this.#prefixBytes > 0) this.#readPrefix(chunk)
    this.#arrivedBytes += chunk.length
    this.#heldBytes += chunk.length
    this.connection.heldBytes += chunk.length
    this.#gate.budget.take(chunk.length)
    if (this.#arrivedBytes >= this.#strideEndBytes) {
      this.#strideEndBytes = this.#arrivedBytes + strideBytes
      this.#strideRanMs = this.ranMsAt(this.progressMs)
    }
    if (!known && this.declaredBytes !== undefined) this.call.checkDeclared()
    this.#gate.onArrived(this, chunk.length)
  }

  /** The client has sent its last byte. */
  finish(): void {
    this.#finished = true
    if (!this.over) this.#gate.onFinished(this)
  }

  /** Waits for room for more bytes, for example of a message that is being decompressed. */
  async reserve(
    sizeBytes: number,
    deadlineUnixMs: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#gate.budget.acquire({ sizeBytes, deadlineUnixMs, signal })
    if (this.over) {
      this.#gate.budget.give(sizeBytes)
      return
    }
    this.#heldBytes += sizeBytes
    this.connection.heldBytes += sizeBytes
  }

  /** Gives some of its bytes back. */
  shed(sizeBytes: number): void {
    const shed = Math.min(sizeBytes, this.#heldBytes)
    this.#heldBytes -= shed
    this.connection.heldBytes -= shed
    this.#gate.budget.give(shed)
  }

  /** Hands its bytes to someone else, who gives them back. @returns how many */
  takeOver(): number {
    const bytes = this.#heldBytes
    this.#heldBytes = 0
    this.connection.heldBytes -= bytes
    return bytes
  }

  /** Lends memory of a pool to the message, until the call is over or someone takes it over. */
  borrow(pool: MemoryPool<Buffer>): Buffer | undefined {
    if (this.over) return undefined
    const memory = pool.take()
    if (memory !== undefined) this.#giveMemory = () => pool.give(memory)
    return memory
  }

  /** See `HeldMemory`. */
  takeMemory(): (() => void) | undefined {
    if (this.over) throw new GatewayError('cancelled', 'Cannot take message: its call is over')
    const give = this.#giveMemory
    this.#giveMemory = undefined
    return give
  }

  /** The call is over: nothing is held for it any more. Safe to call twice. */
  end(): void {
    if (this.over) return
    this.over = true
    // A stream that is closed is finished as well, so this is the last moment to know.
    this.cut = !this.finished
    this.connection.streams.delete(this)
    this.connection.waiting.delete(this)
    this.shed(this.#heldBytes)
    this.#giveMemory?.()
    this.#giveMemory = undefined
    this.#gate.onEnded(this)
    // The rest of a message that was answered early must not come.
    // RFC 9113 section 8.1 lets a server ask for that with RST_STREAM after its answer.
    if (this.cut) setImmediate(() => this.call.reset())
  }

  /** The stream is gone from the connection. */
  gone(): void {
    this.end()
    this.#gate.onGone(this)
  }

  #readPrefix(chunk: Uint8Array): void {
    const start = this.#arrivedBytes
    const end = Math.min(this.#prefixBytes, start + chunk.length)
    for (let index = start; index < end; index++) {
      const byte = chunk[index - start] as number
      if (index === 0) this.compressed = byte === 1
      else this.#prefixLength = this.#prefixLength * 256 + byte
    }
    if (end === this.#prefixBytes) this.declaredBytes = this.#prefixLength
  }
}
