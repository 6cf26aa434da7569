import type { Metadata, ServerInterceptingCallInterface, StatusObject } from '@grpc/grpc-js'
import { ServerInterceptingCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { grpcStatusOf } from '../errors/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { countDecompressFailure, decompress, messageEncodings } from './decompress.ts'
import type { MessageDecoder } from './grpc-internals.ts'
import { FramedMessage } from './grpc-internals.ts'
import type { InboundStream } from './inbound-connection.ts'
import { grpcPrefixBytes } from './inbound-connection.ts'
import type { MemoryPool } from './memory-pool.ts'
import { pooledBytesMax } from './memory-pool.ts'
import type { Pieces } from './message-collector.ts'
import { MessageCollector } from './message-collector.ts'
import { serviceError, statusObject } from './service-error.ts'

/** What grpc-js tells of a call. */
export type CallListener = Parameters<ServerInterceptingCallInterface['start']>[0]
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0]

/**
 * A call that tells a listener of ours what comes, which hands it on. What grpc-js' own class does with a listener and a
 * responder takes a dozen functions, made for each call.
 */
export class ListeningCall extends ServerInterceptingCall {
  readonly #base: ServerInterceptingCallInterface
  readonly #listener: (next: CallListener) => CallListener

  /** @param listener made when the call starts, of the one that is told next */
  constructor(
    base: ServerInterceptingCallInterface,
    listener: (next: CallListener) => CallListener,
  ) {
    super(base)
    this.#base = base
    this.#listener = listener
  }

  override start(next: CallListener): void {
    this.#base.start(this.#listener(next))
  }

  override sendMetadata(metadata: Metadata): void {
    this.#base.sendMetadata(metadata)
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#base.sendMessage(message, callback)
  }

  override sendStatus(status: Status): void {
    this.#base.sendStatus(status)
  }
}

/** Where a call's metadata has its stream: a field costs less than a WeakMap that every call fills. */
const inboundKey = Symbol('inbound')
type Metered = { [inboundKey]?: InboundStream | undefined }

/** The bytes that a call's request holds, by the metadata of the call. */
export function inboundStreamOf(metadata: Metadata): InboundStream | undefined {
  return (metadata as Metered)[inboundKey]
}

/** Makes a request of a message. @throws of bytes that are none */
export type Deserializer = (pieces: Pieces) => unknown

/** How messages become requests, of all calls of a listener. */
export interface UnaryOptions {
  readonly maxMessageBytes: number
  readonly maxMessageSetting: string
  /** Label of its metrics. */
  readonly listenerName: string
  readonly metrics: Metrics
  readonly logger: Logger
}

/** One call with one request. */
export interface UnaryCall {
  /** Undefined where grpc-js itself collects and decompresses. */
  readonly inbound: InboundStream | undefined
  /** The request's `grpc-encoding`. */
  readonly encoding: string
  /** Of its method. */
  readonly deserialize: Deserializer | undefined
  readonly base: Pick<ServerInterceptingCallInterface, 'sendStatus' | 'getDeadline'>
}

/**
 * Decompresses the message within the bound, and answers bytes that are none with INVALID_ARGUMENT (grpc-js itself
 * says INTERNAL).
 */
export class UnaryListener implements CallListener {
  readonly #options: UnaryOptions
  readonly #call: UnaryCall
  readonly #next: CallListener
  /** While a message is made a request; for ever where that has failed, as its call is over. */
  #isReading = false
  #isHalfClosed = false
  #isCancelled = false
  #decompressing: AbortController | undefined

  constructor(options: UnaryOptions, call: UnaryCall, next: CallListener) {
    this.#options = options
    this.#call = call
    this.#next = next
  }

  onReceiveMetadata(metadata: Metadata): void {
    if (this.#isCancelled) return
    const metered = metadata as Metered
    metered[inboundKey] = this.#call.inbound
    this.#next.onReceiveMetadata(metadata)
  }

  onReceiveMessage(message: Pieces): void {
    if (this.#isCancelled) return
    this.#isReading = true
    const { inbound } = this.#call
    if (inbound?.compressed !== true) {
      this.#read(message)
      return
    }
    this.#decompressing = new AbortController()
    this.#decompress(inbound, message, this.#decompressing.signal).then(
      (pieces) => this.#read(pieces),
      (error: unknown) => this.#refuse(serviceError(error, this.#options.logger)),
    )
  }

  onReceiveHalfClose(): void {
    if (this.#isCancelled) return
    if (this.#isReading) this.#isHalfClosed = true
    else this.#next.onReceiveHalfClose()
  }

  /** grpc-js also says so when a call has ended well. */
  onCancel(): void {
    this.#isCancelled = true
    this.#decompressing?.abort(
      new GatewayError('cancelled', 'Cannot receive message: the client went away'),
    )
    this.#call.inbound?.end()
    this.#next.onCancel()
  }

  #read(pieces: Pieces): void {
    let request: unknown
    try {
      request = this.#call.deserialize?.(pieces)
    } catch (error) {
      const why = error instanceof Error ? error.message : 'it cannot be read'
      const failure = new GatewayError('invalid_argument', `Cannot decode request: ${why}`)
      this.#refuse(statusObject(grpcStatusOf(failure)))
      return
    }
    if (this.#isCancelled) return
    this.#isReading = false
    this.#next.onReceiveMessage(request)
    if (!this.#isHalfClosed) return
    this.#isHalfClosed = false
    this.#next.onReceiveHalfClose()
  }

  #refuse(status: StatusObject): void {
    this.#call.base.sendStatus(status)
  }

  async #decompress(inbound: InboundStream, message: Pieces, signal: AbortSignal): Promise<Pieces> {
    const { base, encoding: name } = this.#call
    const encoding = messageEncodings.find((known) => known === name)
    const { listenerName: listener, metrics } = this.#options
    if (encoding === undefined) {
      const error = new GatewayError(
        'unimplemented',
        `Cannot decompress message: its encoding is "${name}", known are ${messageEncodings.join(', ')}`,
      )
      countDecompressFailure({ metrics, listener }, error)
      throw error
    }
    const deadline = Number(base.getDeadline())
    const deadlineUnixMs = Number.isFinite(deadline) ? deadline : undefined
    const pieces = await decompress(message, {
      encoding,
      maxBytes: this.#options.maxMessageBytes,
      maxSetting: this.#options.maxMessageSetting,
      listener,
      metrics,
      reserve: (sizeBytes) => inbound.reserve(sizeBytes, deadlineUnixMs, signal),
    })
    inbound.shed(message.reduce((sum, piece) => sum + piece.length, 0))
    return pieces
  }
}

/** Puts the one message of a call together in grpc-js' place. */
export class UnaryDecoder implements MessageDecoder {
  readonly #inbound: InboundStream
  readonly #pool: MemoryPool<Buffer> | undefined
  readonly #isCopied: boolean
  #collector: MessageCollector | undefined
  #isComplete = false

  /**
   * @param pool memory for messages that their handlers give back; without it each gets its own
   * @param isCopied whether reading the message copies what is needed of it: it may lie where others do
   */
  constructor(inbound: InboundStream, pool: MemoryPool<Buffer> | undefined, isCopied: boolean) {
    this.#inbound = inbound
    this.#pool = pool
    this.#isCopied = isCopied
  }

  write(chunk: Buffer): readonly FramedMessage[] {
    const inbound = this.#inbound
    // What the message lay in may be another's by now.
    if (inbound.over) return []
    if (this.#isWhole(chunk)) {
      this.#isComplete = true
      return [new FramedMessage([chunk.subarray(grpcPrefixBytes)])]
    }
    this.#collector ??= new MessageCollector(
      inbound,
      (sizeBytes) => this.#memoryFor(sizeBytes),
      grpcPrefixBytes,
    )
    const messages: FramedMessage[] = []
    const isFollowed = this.#isComplete
      ? chunk.length > 0
      : this.#collector.take(chunk) < chunk.length
    if (!this.#isComplete && this.#collector.complete) {
      this.#isComplete = true
      messages.push(new FramedMessage(this.#collector.finish()))
    }
    // A second one, empty here, is what grpc-js refuses.
    if (isFollowed) messages.push(new FramedMessage([]))
    return messages
  }

  /** Whether it is the whole message, of which nobody has anything once it is read. */
  #isWhole(chunk: Buffer): boolean {
    const { compressed, wholeBytes } = this.#inbound
    if (!this.#isCopied || compressed || this.#isComplete || this.#collector !== undefined) {
      return false
    }
    return chunk.length === wholeBytes
  }

  #memoryFor(sizeBytes: number): Buffer | undefined {
    const { compressed } = this.#inbound
    if (this.#pool === undefined || compressed || sizeBytes > pooledBytesMax) return undefined
    return this.#inbound.borrow(this.#pool)
  }
}
