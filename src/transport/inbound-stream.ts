import type { GrpcStatus } from '../errors/status.ts'

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

/** The call on a stream, once grpc-js has one. */
export interface StreamCall {
  /** Answers with a failure; later answers are ignored. */
  refuse(status: GrpcStatus): void
  /** Tells the client to stop sending, after the answer. */
  reset(): void
  /** The message's length is known: refuses it when it is over the limit. */
  checkDeclared(): void
}

const prefixBytes = 5

/**
 * One request on its way in: what it has in memory, and how far its message has come.
 *
 *   gRPC message   compressed flag (8 bits), length (32), body
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message.
 */
export class InboundStream {
  readonly id: number
  readonly #budget: InflowBudget
  /** Body length that the first message's prefix gives; undefined before it has arrived. */
  declaredBytes: number | undefined
  /** Whether the first message is compressed. */
  compressed = false
  /** True once the client has sent its last byte. */
  finished = false
  /** True once nothing is held for it any more: it was answered, reset or cut. */
  over = false
  /** When it opened and when its last byte came, by the monotonic clock. */
  readonly openedMs: number
  progressMs: number
  /** How long its connection was not read from, in the pauses that are over. */
  waitedMs = 0
  call: StreamCall | undefined
  /** When it was refused by us; its client still has to notice. */
  refusedMs: number | undefined
  #heldBytes = 0
  #arrivedBytes = 0

  constructor(id: number, budget: InflowBudget, nowMs: number) {
    this.id = id
    this.#budget = budget
    this.openedMs = nowMs
    this.progressMs = nowMs
  }

  /** Bytes that count as in flight for this stream. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Bytes of the message that have not arrived; what an unknown length leaves is unbounded. */
  get missingBytes(): number {
    if (this.declaredBytes === undefined) return Number.POSITIVE_INFINITY
    return Math.max(0, prefixBytes + this.declaredBytes - this.#arrivedBytes)
  }

  /** Bytes of content have arrived. */
  arrive(chunk: Uint8Array, start: number, end: number, nowMs: number): void {
    this.progressMs = nowMs
    if (this.#arrivedBytes < prefixBytes) this.#readPrefix(chunk, start, end)
    this.#arrivedBytes += end - start
    this.hold(end - start)
  }

  /** Counts more bytes; nothing once the stream is over. */
  hold(sizeBytes: number): void {
    if (this.over) return
    this.#heldBytes += sizeBytes
    this.#budget.take(sizeBytes)
  }

  /** Waits for room for more bytes, for example of a message that is being decompressed. */
  async reserve(
    sizeBytes: number,
    deadlineUnixMs: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#budget.acquire({ sizeBytes, deadlineUnixMs, signal })
    if (this.over) this.#budget.give(sizeBytes)
    else this.#heldBytes += sizeBytes
  }

  /** Gives some of its bytes back. */
  shed(sizeBytes: number): void {
    const shed = Math.min(sizeBytes, this.#heldBytes)
    this.#heldBytes -= shed
    this.#budget.give(shed)
  }

  /** Hands its bytes to someone else, who gives them back. @returns how many */
  takeOver(): number {
    const bytes = this.#heldBytes
    this.#heldBytes = 0
    return bytes
  }

  /** Nothing is held for it any more. */
  end(): void {
    this.over = true
    this.shed(this.#heldBytes)
  }

  #prefixLength = 0

  #readPrefix(chunk: Uint8Array, start: number, end: number): void {
    for (let at = start, index = this.#arrivedBytes; at < end && index < prefixBytes; at++) {
      const byte = chunk[at] as number
      if (index === 0) this.compressed = byte === 1
      else this.#prefixLength = this.#prefixLength * 256 + byte
      index += 1
      if (index === prefixBytes) this.declaredBytes = this.#prefixLength
    }
  }
}
