import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import type { Metadata, ServerInterceptor, ServerListener, StatusObject } from '@grpc/grpc-js'
import { ServerInterceptingCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { grpcStatusOf } from '../errors/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { decompress, messageEncodings, tooLargeMessage } from './decompress.ts'
import type { CallInternals } from './grpc-internals.ts'
import { callInternals } from './grpc-internals.ts'
import type { InboundConnection, InflowGate } from './inbound-connection.ts'
import { grpcPrefixBytes, InboundStream } from './inbound-connection.ts'
import type { MemoryPool } from './memory-pool.ts'
import { pooledBytesMax } from './memory-pool.ts'
import type { Pieces } from './message-collector.ts'
import { MessageCollector } from './message-collector.ts'
import { serviceError, statusObject } from './service-error.ts'

/** What the calls of one listener are handled with. */
export interface CallInterceptorOptions {
  readonly gate: InflowGate
  /** The connection that a stream is on; undefined for one that is not ours. */
  readonly connectionOf: (stream: ServerHttp2Stream) => InboundConnection | undefined
  /** The real deserializers, by method path; grpc-js itself passes unary requests through. */
  readonly deserializers: ReadonlyMap<string, Deserializer>
  /** Memory for messages that their handlers give back; without it each gets its own. */
  readonly messagePool?: MemoryPool<Buffer> | undefined
  /** Paths of the methods that bring spans. */
  readonly bulkPaths: ReadonlySet<string>
  readonly maxMessageBytes: number
  readonly maxMessageSetting: string
  readonly listenerName: string
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Makes a request of a message. */
export type Deserializer = (pieces: Pieces) => unknown

/** Compressed messages of request streams (reflection alone has them) are short. */
const streamedMessageBytesMax = 64 * 1024

/** Where a call's metadata has its stream: a field costs less than a WeakMap that every call fills. */
const inboundKey = Symbol('inbound')
type Metered = { [inboundKey]?: InboundStream }

/** The bytes that a call's request holds, by the metadata of the call. */
export function inboundStreamOf(metadata: Metadata): InboundStream | undefined {
  return (metadata as Metered)[inboundKey]
}

/**
 * Refuses calls that would wait too long at their headers, counts the bytes of each call's stream,
 * refuses messages over the limit as soon as their length is
 * known, puts them together, decompresses them within the bound, and answers bytes that are no
 * message with INVALID_ARGUMENT (grpc-js itself says INTERNAL).
 */
export function callInterceptor(options: CallInterceptorOptions): ServerInterceptor {
  return (method, base) => {
    const internals = callInternals(base)
    const connection = internals && options.connectionOf(internals.stream)
    const send = (status: StatusObject) => base.sendStatus(status)
    if (internals === undefined || connection === undefined) {
      if (method.requestStream) return new ServerInterceptingCall(base)
      return intercepted(base, plainListener(options, method.path, send))
    }
    const isBulk = options.bulkPaths.has(method.path)
    const refusal = isBulk ? options.gate.onRequest(connection) : undefined
    if (refusal !== undefined) {
      countReset(options, connection, internals.stream.session)
      return refusedCall(base, internals, refusal)
    }
    const call = { send, isStreamed: method.requestStream }
    const inbound = meter(options, connection, internals, call)
    if (isBulk) options.gate.onTaken(inbound)
    if (method.requestStream) {
      internals.limitDecompressed(streamedMessageBytesMax)
      return intercepted(base, { onCancel: () => inbound.end() })
    }
    collect(internals, inbound, options.messagePool)
    const { encoding } = internals
    const { path } = method
    const deadlineUnixMs = () => {
      const deadline = Number(base.getDeadline())
      return Number.isFinite(deadline) ? deadline : undefined
    }
    return intercepted(
      base,
      unaryListener(options, { path, inbound, encoding, deadlineUnixMs, send }),
    )
  }
}

function intercepted(
  base: ConstructorParameters<typeof ServerInterceptingCall>[0],
  listener: ServerListener,
): ServerInterceptingCall {
  return new ServerInterceptingCall(base, { start: (next) => next(listener) })
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
  { stream }: CallInternals,
  call: { readonly send: (status: StatusObject) => void; readonly isStreamed: boolean },
): InboundStream {
  const { send, isStreamed } = call
  const inbound = new InboundStream(connection, options.gate, {
    // Of a request stream grpc-js decides itself when it is read from.
    pause: isStreamed ? doNothing : () => stream.pause(),
    resume: isStreamed ? doNothing : () => stream.resume(),
    refuse: (error) => send(statusObject(grpcStatusOf(error))),
    reset: () => stream.close(),
    checkDeclared: () => checkDeclared(options, inbound),
  })
  const { push } = stream
  stream.push = (chunk: Buffer | null) => {
    if (chunk === null) {
      inbound.finished = true
      return push.call(stream, chunk)
    }
    inbound.arrive(chunk)
    return push.call(stream, options.gate.isPressed ? ownChunk(chunk) : chunk)
  }
  const { session } = stream
  stream.once('close', () => {
    // Its client has reset it, or will: `cut` streams are closed by us, with NO_ERROR.
    const isReset = stream.aborted || stream.rstCode !== 0 || inbound.cut
    if (isReset) countReset(options, connection, session)
    inbound.gone()
  })
  return inbound
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

function doNothing(): void {}

function checkDeclared(options: CallInterceptorOptions, inbound: InboundStream): void {
  const { listenerName: listener, maxMessageBytes, maxMessageSetting } = options
  const { declaredBytes } = inbound
  if (declaredBytes === undefined || declaredBytes <= maxMessageBytes) return
  options.metrics.add('spangate_messages_given_up_total', 1, { listener, reason: 'too_large' })
  const error = tooLargeMessage(declaredBytes, maxMessageBytes, maxMessageSetting)
  inbound.call.refuse(error, 'too_large')
}

/** Puts the message together in grpc-js' place. */
function collect(
  internals: CallInternals,
  inbound: InboundStream,
  pool: MemoryPool<Buffer> | undefined,
): void {
  const memoryFor = (sizeBytes: number) =>
    pool === undefined || inbound.compressed || sizeBytes > pooledBytesMax
      ? undefined
      : inbound.borrow(pool)
  const collector = new MessageCollector(inbound, memoryFor, grpcPrefixBytes)
  let complete = false
  internals.collectBy((chunk) => {
    // What the message lay in may be another's by now.
    if (inbound.over) return []
    const messages: Pieces[] = []
    if (collector.take(chunk) < chunk.length) messages.push([])
    if (!complete && collector.complete) {
      complete = true
      messages.unshift(collector.finish())
    }
    // A second one, empty here, is what grpc-js refuses.
    return messages
  })
}

interface UnaryCall {
  readonly path: string
  readonly inbound: InboundStream
  readonly encoding: string
  readonly deadlineUnixMs: () => number | undefined
  readonly send: (status: StatusObject) => void
}

function unaryListener(options: CallInterceptorOptions, call: UnaryCall): ServerListener {
  let cancelled: AbortController | undefined
  return {
    onReceiveMetadata: (metadata, next) => {
      const metered: Metered = metadata as Metered
      metered[inboundKey] = call.inbound
      next(metadata)
    },
    onReceiveMessage: (message: Pieces, next) => {
      if (!call.inbound.compressed) {
        deserialize(options, call, message, next)
        return
      }
      cancelled = new AbortController()
      plainMessage(options, call, message, cancelled.signal).then(
        (pieces) => deserialize(options, call, pieces, next),
        (error: unknown) => call.send(serviceError(error, options.logger)),
      )
    },
    // grpc-js also says so when a call has ended well.
    onCancel: () => {
      cancelled?.abort(
        new GatewayError('cancelled', 'Cannot receive message: the client went away'),
      )
      call.inbound.end()
    },
  }
}

async function plainMessage(
  options: CallInterceptorOptions,
  call: UnaryCall,
  message: Pieces,
  signal: AbortSignal,
): Promise<Pieces> {
  const encoding = messageEncodings.find((known) => known === call.encoding)
  if (encoding === undefined) {
    throw new GatewayError(
      'unimplemented',
      `Cannot decompress message: its encoding is "${call.encoding}", known are ${messageEncodings.join(', ')}`,
    )
  }
  const deadlineUnixMs = call.deadlineUnixMs()
  const pieces = await decompress(message, {
    encoding,
    maxBytes: options.maxMessageBytes,
    maxSetting: options.maxMessageSetting,
    reserve: (sizeBytes) => call.inbound.reserve(sizeBytes, deadlineUnixMs, signal),
  })
  call.inbound.shed(message.reduce((sum, piece) => sum + piece.length, 0))
  return pieces
}

function deserialize(
  options: CallInterceptorOptions,
  call: Pick<UnaryCall, 'path' | 'send'>,
  pieces: Pieces,
  next: (message: unknown) => void,
): void {
  let request: unknown
  try {
    request = options.deserializers.get(call.path)?.(pieces)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read'
    const failure = new GatewayError('invalid_argument', `Cannot decode request: ${why}`)
    call.send(statusObject(grpcStatusOf(failure)))
    return
  }
  next(request)
}

/** For a grpc-js that no longer shows its stream: it has decompressed, the rest is the same. */
function plainListener(
  options: CallInterceptorOptions,
  path: string,
  send: (status: StatusObject) => void,
): ServerListener {
  return {
    onReceiveMessage: (message: Buffer, next) =>
      deserialize(options, { path, send }, [message], next),
  }
}
