import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js'
import { ServerInterceptingCall } from '@grpc/grpc-js'
import type { GatewayError } from '../errors/gateway-error.ts'
import { grpcStatusOf } from '../errors/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { tooLargeMessage } from './decompress.ts'
import type { CallInternals } from './grpc-internals.ts'
import { callInternals } from './grpc-internals.ts'
import type { InboundConnection, InflowGate, StreamCall } from './inbound-connection.ts'
import { InboundStream } from './inbound-connection.ts'
import type { MemoryPool } from './memory-pool.ts'
import { statusObject } from './service-error.ts'
import type { Deserializer, UnaryOptions } from './unary-call.ts'
import { ListeningCall, UnaryDecoder, UnaryListener } from './unary-call.ts'

/** What the calls of one listener are handled with. */
export interface CallInterceptorOptions extends UnaryOptions {
  readonly gate: InflowGate
  /** The connection that a stream is on; undefined for one that is not ours. */
  readonly connectionOf: (stream: ServerHttp2Stream) => InboundConnection | undefined
  /** The real deserializers, by method path; grpc-js itself passes unary requests through. */
  readonly deserializers: ReadonlyMap<string, Deserializer>
  /** Memory for messages that their handlers give back; without it each gets its own. */
  readonly messagePool?: MemoryPool<Buffer> | undefined
  /** Paths of the methods that bring spans. */
  readonly bulkPaths: ReadonlySet<string>
  /** Paths of the methods that copy what they need of a request. */
  readonly copyingPaths: ReadonlySet<string>
  readonly listenerName: string
  readonly metrics: Metrics
}

/** Compressed messages of request streams (reflection alone has them) are short. */
const streamedMessageBytesMax = 64 * 1024

/**
 * Refuses calls that would wait too long at their headers, counts the bytes of each call's stream,
 * refuses messages over the limit as soon as their length is
 * known, puts them together, and makes requests of them as `UnaryListener` does.
 */
export function callInterceptor(options: CallInterceptorOptions): ServerInterceptor {
  return (method, base) => {
    const internals = callInternals(base)
    const connection = internals && options.connectionOf(internals.stream)
    const deserialize = options.deserializers.get(method.path)
    if (internals === undefined || connection === undefined) {
      return method.requestStream
        ? new ServerInterceptingCall(base)
        : plainCall(options, base, deserialize)
    }
    const isBulk = options.bulkPaths.has(method.path)
    const refusal = isBulk ? options.gate.onRequest(connection) : undefined
    if (refusal !== undefined) {
      countReset(options, connection, internals.stream.session)
      return refusedCall(base, internals, refusal)
    }
    const inbound = meter(options, connection, base, internals, method.requestStream)
    if (isBulk) options.gate.onTaken(inbound)
    if (method.requestStream) {
      internals.limitDecompressed(streamedMessageBytesMax)
      return new ServerInterceptingCall(base, {
        start: (next) => next({ onCancel: () => inbound.end() }),
      })
    }
    const isCopied = options.copyingPaths.has(method.path)
    internals.collectBy(new UnaryDecoder(inbound, options.messagePool, isCopied))
    const { encoding } = internals
    return new ListeningCall(
      base,
      (next) => new UnaryListener(options, { inbound, encoding, deserialize, base }, next),
    )
  }
}

/** Answers before anything of the message is read, and has its client send no more of it. */
function refusedCall(
  base: ConstructorParameters<typeof ServerInterceptingCall>[0],
  { stream }: CallInternals,
  refusal: GatewayError,
): ServerInterceptingCall {
  return new ServerInterceptingCall(base, {
    start: () => {
      base.sendStatus(statusObject(grpcStatusOf(refusal)))
      setImmediate(() => stream.close())
    },
  })
}

/**
 * Opens the stream's account.
 *
 * Bytes are counted in `push`, where they come out of Node's native code, and not in a listener for
 * 'data': a stream that is paused still gets what its client's window allows, and tells nobody.
 */
function meter(
  options: CallInterceptorOptions,
  connection: InboundConnection,
  base: ServerInterceptingCallInterface,
  { stream }: CallInternals,
  isStreamed: boolean,
): InboundStream {
  const call = new GrpcStreamCall(options, base, stream, isStreamed)
  const inbound = new InboundStream(connection, options.gate, call)
  call.inbound = inbound
  const { push, session } = stream
  stream.push = (chunk: Buffer | null) => {
    if (chunk === null) {
      inbound.finish()
      return push.call(stream, chunk)
    }
    inbound.arrive(chunk)
    return push.call(stream, options.gate.isPressed ? ownChunk(chunk) : chunk)
  }
  countEarly(stream, inbound)
  stream.once('close', () => {
    // Its client has reset it, or will: `cut` streams are closed by us, with NO_ERROR.
    const isReset = stream.aborted || stream.rstCode !== 0 || inbound.cut
    if (isReset) countReset(options, connection, session)
    inbound.gone()
  })
  return inbound
}

/**
 * Counts what a stream got before anybody was told of it: what the first bytes of its connection had, which were read
 * to see what it speaks (preface-check.ts).
 */
function countEarly(stream: ServerHttp2Stream, inbound: InboundStream): void {
  if (stream.readableLength === 0) return
  const listeners = stream.listeners('data') as ((chunk: Buffer) => void)[]
  // To read is to tell them, and they are to get it later.
  stream.removeAllListeners('data')
  const early: Buffer = stream.read()
  for (const listener of listeners) stream.on('data', listener)
  inbound.arrive(early)
  stream.unshift(early)
  if (stream.state.remoteClose === 1) inbound.finish()
}

/** What `Inflow` does to a call of gRPC. */
class GrpcStreamCall implements StreamCall {
  readonly #options: CallInterceptorOptions
  readonly #base: ServerInterceptingCallInterface
  readonly #stream: ServerHttp2Stream
  readonly #isStreamed: boolean
  /** Its account. */
  inbound: InboundStream | undefined

  constructor(
    options: CallInterceptorOptions,
    base: ServerInterceptingCallInterface,
    stream: ServerHttp2Stream,
    isStreamed: boolean,
  ) {
    this.#options = options
    this.#base = base
    this.#stream = stream
    this.#isStreamed = isStreamed
  }

  pause(): void {
    // Of a request stream grpc-js decides itself when it is read from.
    if (!this.#isStreamed) this.#stream.pause()
  }

  resume(): void {
    if (!this.#isStreamed) this.#stream.resume()
  }

  refuse(error: GatewayError): void {
    this.#base.sendStatus(statusObject(grpcStatusOf(error)))
    // Of a call that has not begun grpc-js tells nobody that it is over.
    process.nextTick(() => this.inbound?.end())
  }

  reset(): void {
    this.#stream.close()
  }

  checkDeclared(): void {
    const { listenerName: listener, maxMessageBytes, maxMessageSetting, metrics } = this.#options
    const declaredBytes = this.inbound?.declaredBytes
    if (declaredBytes === undefined || declaredBytes <= maxMessageBytes) return
    metrics.add('spangate_messages_given_up_total', 1, { listener, reason: 'too_large' })
    this.refuse(tooLargeMessage(declaredBytes, maxMessageBytes, maxMessageSetting))
  }
}

/** A client resets, or has reset, a stream: asks it to connect anew before HTTP/2 ends its session. */
function countReset(
  { listenerName: listener, metrics }: CallInterceptorOptions,
  connection: InboundConnection,
  session: Http2Session | undefined,
): void {
  if (!connection.resets.spend() || connection.renewed) return
  if (session === undefined || session.destroyed) return
  connection.renewed = true
  metrics.add('spangate_connections_renewed_total', 1, { listener })
  // Says with GOAWAY which call is the last that is taken; clients send later ones again by themselves.
  session.close()
}

/**
 * Node cuts the pieces of all streams out of one buffer for each read of a socket, up to 64 KiB that
 * stay as long as any of them.
 */
function ownChunk(chunk: Buffer): Buffer {
  return chunk.length * 2 > chunk.buffer.byteLength ? chunk : Buffer.from(chunk)
}

/** For a grpc-js that no longer shows its stream: it has collected and decompressed, the rest is the same. */
function plainCall(
  options: CallInterceptorOptions,
  base: ServerInterceptingCallInterface,
  deserialize: Deserializer | undefined,
): ServerInterceptingCall {
  return new ListeningCall(base, (next) => {
    const call = { inbound: undefined, encoding: 'identity', deserialize, base }
    const listener = new UnaryListener(options, call, next)
    return {
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message: Buffer) => listener.onReceiveMessage([message]),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => listener.onCancel(),
    }
  })
}
