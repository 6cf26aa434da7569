import type { Metadata, ServerInterceptor, ServerListener, StatusObject } from '@grpc/grpc-js'
import { ServerInterceptingCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import type { GrpcStatus } from '../errors/status.ts'
import { grpcStatusOf } from '../errors/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { decompress, messageEncodings, tooLargeMessage } from './decompress.ts'
import type { CallInternals } from './grpc-internals.ts'
import { callInternals } from './grpc-internals.ts'
import type { InboundStream } from './inbound-stream.ts'
import type { MeteredConnection } from './metered-connection.ts'
import { serviceError, statusObject } from './service-error.ts'

/** What the calls of one connection are handled with. */
export interface CallInterceptorOptions {
  readonly connection: MeteredConnection
  /** The real deserializers, by method path; grpc-js itself passes unary requests through. */
  readonly deserializers: ReadonlyMap<string, (bytes: Buffer) => unknown>
  readonly maxMessageBytes: number
  readonly maxMessageSetting: string
  readonly listenerName: string
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Compressed messages of request streams (reflection alone has them) are short. */
const streamedMessageBytesMax = 64 * 1024

const inboundStreams = new WeakMap<Metadata, InboundStream>()

/** The bytes that a call's request holds, by the metadata of the call. */
export function inboundStreamOf(metadata: Metadata): InboundStream | undefined {
  return inboundStreams.get(metadata)
}

/**
 * Ties each call to its stream's account, refuses messages over the limit as soon as their length is
 * known, decompresses within the bound, and answers bytes that are no message with INVALID_ARGUMENT
 * (grpc-js itself says INTERNAL).
 */
export function callInterceptor(options: CallInterceptorOptions): ServerInterceptor {
  return (method, base) => {
    const internals = callInternals(base)
    const inbound =
      internals?.stream.id === undefined
        ? undefined
        : options.connection.stream(internals.stream.id)
    const send = (status: StatusObject) => base.sendStatus(status)
    if (internals === undefined || inbound === undefined) {
      if (method.requestStream) return new ServerInterceptingCall(base)
      return new ServerInterceptingCall(base, {
        start: (next) => next(plainListener(options, method.path, send)),
      })
    }
    link(options, inbound, internals, send)
    if (method.requestStream) {
      internals.limitDecompressed(streamedMessageBytesMax)
      return new ServerInterceptingCall(base)
    }
    internals.keepCompressed()
    const deadline = Number(base.getDeadline())
    const listener = unaryListener(options, {
      path: method.path,
      inbound,
      encoding: internals.encoding,
      deadlineUnixMs: Number.isFinite(deadline) ? deadline : undefined,
      send,
    })
    return new ServerInterceptingCall(base, {
      start: (next) => {
        next(listener)
        inbound.call?.checkDeclared()
      },
    })
  }
}

function link(
  options: CallInterceptorOptions,
  inbound: InboundStream,
  internals: CallInternals,
  send: (status: StatusObject) => void,
): void {
  const refuse = (status: GrpcStatus) => send(statusObject(status))
  inbound.call = {
    refuse,
    reset: () => internals.stream.close(),
    checkDeclared: () => {
      const { declaredBytes } = inbound
      if (declaredBytes === undefined || declaredBytes <= options.maxMessageBytes) return
      const { listenerName: listener, maxMessageBytes, maxMessageSetting } = options
      options.metrics.add('spangate_messages_given_up_total', 1, { listener, reason: 'too_large' })
      refuse(grpcStatusOf(tooLargeMessage(declaredBytes, maxMessageBytes, maxMessageSetting)))
    },
  }
}

interface UnaryCall {
  readonly path: string
  readonly inbound: InboundStream
  readonly encoding: string
  readonly deadlineUnixMs: number | undefined
  readonly send: (status: StatusObject) => void
}

function unaryListener(options: CallInterceptorOptions, call: UnaryCall): ServerListener {
  const cancelled = new AbortController()
  return {
    onReceiveMetadata: (metadata, next) => {
      inboundStreams.set(metadata, call.inbound)
      next(metadata)
    },
    onReceiveMessage: (message: Buffer, next) => {
      if (!call.inbound.compressed) {
        deserialize(options, call, message, next)
        return
      }
      plainMessage(options, call, message, cancelled.signal).then(
        (bytes) => deserialize(options, call, bytes, next),
        (error: unknown) => call.send(serviceError(error, options.logger)),
      )
    },
    onCancel: () => {
      cancelled.abort(new GatewayError('cancelled', 'Cannot receive message: the client went away'))
    },
  }
}

async function plainMessage(
  options: CallInterceptorOptions,
  call: UnaryCall,
  message: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const encoding = messageEncodings.find((known) => known === call.encoding)
  if (encoding === undefined) {
    throw new GatewayError(
      'unimplemented',
      `Cannot decompress message: its encoding is "${call.encoding}", known are ${messageEncodings.join(', ')}`,
    )
  }
  const bytes = await decompress(message, {
    encoding,
    maxBytes: options.maxMessageBytes,
    maxSetting: options.maxMessageSetting,
    reserve: (sizeBytes) => call.inbound.reserve(sizeBytes, call.deadlineUnixMs, signal),
  })
  call.inbound.shed(message.length)
  return bytes
}

function deserialize(
  options: CallInterceptorOptions,
  call: Pick<UnaryCall, 'path' | 'send'>,
  bytes: Buffer,
  next: (message: unknown) => void,
): void {
  let request: unknown
  try {
    request = options.deserializers.get(call.path)?.(bytes)
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
      deserialize(options, { path, send }, message, next),
  }
}
