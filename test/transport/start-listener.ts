import { readFileSync } from 'node:fs'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { connect } from 'node:http2'
import { join } from 'node:path'
import type { Client, Metadata, ServiceError } from '@grpc/grpc-js'
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { pino } from 'pino'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import type { GrpcListener } from '../../src/transport/grpc-listener.ts'
import { createGrpcListener } from '../../src/transport/grpc-listener.ts'
import type { GrpcService } from '../../src/transport/grpc-service.ts'
import { Inflow } from '../../src/transport/inflow.ts'
import type { MemoryPool } from '../../src/transport/memory-pool.ts'
import { readDescriptors } from '../../src/transport/reflection/descriptors.ts'
import type { CallContext } from '../../src/transport/unary-handler.ts'
import { unaryHandler } from '../../src/transport/unary-handler.ts'
import { projectRoot } from '../project-root.ts'

/** What reflection tells in tests: the project's own descriptor set. */
export const descriptors = readDescriptors(
  readFileSync(join(projectRoot, 'proto/gen/spangate.binpb')),
)

/** Answers nothing in particular; the path is one that reflection knows. */
export const postSpansPath = '/jaeger.api_v2.CollectorService/PostSpans'

/** A service of one unary method on plain Buffers. */
export function bufferService(
  logger: Logger,
  handle: (request: Buffer, context: CallContext) => Promise<Buffer>,
): GrpcService {
  return {
    definition: { PostSpans: bufferMethod(postSpansPath) },
    implementation: { PostSpans: unaryHandler(logger, handle) },
  }
}

/** What a test listener is made of. */
export interface TestListenerOptions {
  readonly handle?: (request: Buffer, context: CallContext) => Promise<Buffer>
  readonly services?: (parts: {
    budget: ByteBudget
    metrics: Metrics
    logger: Logger
  }) => GrpcService[]
  readonly boundBytes?: number
  readonly maxMessageBytes?: number
  readonly maxConnections?: number
  readonly waitMs?: number
  readonly stalledAfterMs?: number
  readonly messagePool?: MemoryPool<Buffer>
  readonly addresses?: readonly string[]
  readonly port?: number
  readonly elsewhere?: string
}

/** A running listener and what it is made of. */
export interface TestListener {
  readonly listener: GrpcListener
  readonly budget: ByteBudget
  readonly metrics: Metrics
  readonly port: number
  readonly addresses: readonly { readonly address: string; readonly port: number }[]
  close(): Promise<void>
}

/** Starts a listener on a free port, silent. */
export async function startListener(options: TestListenerOptions = {}): Promise<TestListener> {
  const logger = pino({ level: 'silent' })
  const metrics = createMetrics()
  const { waitMs = 2000, stalledAfterMs = 10_000 } = options
  const budget = new ByteBudget({ boundBytes: options.boundBytes ?? 256 * 1024 * 1024, waitMs })
  const inflow = new Inflow({ budget, waitMs, stalledAfterMs, metrics, logger })
  const handle = options.handle ?? (async () => Buffer.alloc(0))
  const listener = createGrpcListener({
    name: 'test',
    addresses: options.addresses ?? ['127.0.0.1'],
    port: options.port ?? 0,
    services: options.services?.({ budget, metrics, logger }) ?? [bufferService(logger, handle)],
    maxMessageSetting: 'test.max-message-size',
    ...(options.maxMessageBytes === undefined ? {} : { maxMessageBytes: options.maxMessageBytes }),
    ...(options.elsewhere === undefined ? {} : { elsewhere: options.elsewhere }),
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
    inflow,
    ...(options.messagePool === undefined ? {} : { messagePool: options.messagePool }),
    descriptors,
    metrics,
    logger,
  })
  const { port, addresses } = await listener.start()
  const close = async () => {
    await listener.stop(100)
    inflow.close()
    await metrics.close()
  }
  return { listener, budget, metrics, port, addresses, close }
}

/** A grpc-js client of one method on plain Buffers. */
export interface BufferClient {
  call(request: Buffer, options?: CallOptions): Promise<Buffer>
  close(): void
}

/** How one call is made. */
export interface CallOptions {
  readonly deadlineMs?: number
  readonly onCall?: (call: { cancel(): void }) => void
}

/** A client on a connection of its own. */
export function bufferClient(
  address: string,
  settings: {
    readonly path?: string
    readonly compression?: 'deflate' | 'gzip'
  } = {},
): BufferClient {
  const method = bufferMethod(settings.path ?? postSpansPath)
  const GenericClient = makeGenericClientConstructor({ send: method }, 'Test')
  const client: Client = new GenericClient(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_send_message_length': -1,
    ...(settings.compression === undefined
      ? {}
      : { 'grpc.default_compression_algorithm': settings.compression === 'deflate' ? 1 : 2 }),
  })
  return {
    call: (request, { deadlineMs, onCall } = {}) =>
      new Promise((resolve, reject) => {
        const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          options,
          (error: ServiceError | null, response?: Buffer) => {
            if (error !== null) reject(error)
            else resolve(response ?? Buffer.alloc(0))
          },
        )
        onCall?.(call)
      }),
    close: () => client.close(),
  }
}

/** A call made by hand, on a connection of its own. */
export interface RawCall {
  readonly session: ClientHttp2Session
  readonly stream: ClientHttp2Stream
  /** What the server has answered, undefined so far. */
  status(): string | undefined
}

/** Announces a message of some length and sends what it is given, without ending the stream. */
export function rawCall(port: number, message: RawMessage): RawCall {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  return { session, ...rawStream(session, message) }
}

/** A message made by hand. */
export interface RawMessage {
  readonly announcedBytes: number
  readonly body: Buffer
  readonly encoding?: string
}

/** The same on a connection that there is already. */
export function rawStream(
  session: ClientHttp2Session,
  message: RawMessage,
): Omit<RawCall, 'session'> {
  const { encoding, body } = message
  const stream = session.request({
    ':method': 'POST',
    ':path': postSpansPath,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(encoding === undefined ? {} : { 'grpc-encoding': encoding }),
  })
  let status: string | undefined
  const learn = (headers: Record<string, unknown>) => {
    if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status'])
  }
  stream.on('response', learn)
  stream.on('trailers', learn)
  stream.on('error', () => {})
  stream.resume()
  const prefix = Buffer.alloc(5)
  if (encoding !== undefined) prefix[0] = 1
  prefix.writeUInt32BE(message.announcedBytes, 1)
  stream.write(prefix)
  stream.write(body)
  return { stream, status: () => status }
}

/** Rejects with the signal's reason, also where it has aborted already. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
}

/** The failure of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call
  } catch (error) {
    return error as ServiceError
  }
  throw new Error('the call succeeded')
}

/** The bytes of `grpc-status-details-bin`, as latin1 text to look for names in. */
export function detailsText(metadata: Metadata): string {
  const [details] = metadata.get('grpc-status-details-bin')
  return details === undefined ? '' : Buffer.from(details).toString('latin1')
}

/** Waits for a condition; at most a minute, as other work may have the machine. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('the condition did not come true in a minute')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function bufferMethod(path: string) {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  } as const
}
