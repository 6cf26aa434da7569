import type { handleUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { Test } from 'tap'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { grpcStatusOf } from '../../../src/errors/status.ts'
import { loadServiceDefinition } from '../../../src/transport/service-definitions.ts'

/** What a remote storage answers; a method that is left out it does not have. */
export interface Script {
  readonly Export?: (request: Buffer, metadata: Metadata) => Promise<Buffer>
  readonly GetCapabilities?: () => Promise<object>
  /** @param deadlineUnixMs until when its caller waits */
  readonly GetServices?: (
    request: unknown,
    metadata: Metadata,
    deadlineUnixMs: number,
  ) => Promise<object>
  readonly FindTraceIDs?: (request: unknown) => Promise<object>
  /** Writes messages of TracesData, and ends the call or does not. */
  readonly GetTraces?: (call: ServerWritableStream<unknown, Buffer>) => Promise<void>
}

/** A server of grpc-js that does what it is told to. */
export interface ScriptedRemote {
  readonly port: number
  stop(): void
}

type Handler = handleUnaryCall<unknown, unknown>

/** Starts it, on a free port unless one is given; it ends with the test. */
export async function scriptedRemote(
  t: Test,
  script: Script,
  { port = 0, credentials = ServerCredentials.createInsecure() } = {},
): Promise<ScriptedRemote> {
  const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 })
  const unary = <Request>(
    answer:
      | ((request: Request, metadata: Metadata, deadlineUnixMs: number) => Promise<unknown>)
      | undefined,
  ) => {
    const handle: Handler = (call, done) => {
      if (answer === undefined) done({ code: status.UNIMPLEMENTED, details: 'there is none' })
      else {
        answer(call.request as Request, call.metadata, Number(call.getDeadline())).then(
          (value) => done(null, value),
          done,
        )
      }
    }
    return handle
  }
  const bytes = { requestStream: false, responseStream: false } as const
  const same = (message: Buffer): Buffer => message
  server.addService(
    {
      Export: {
        ...bytes,
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    },
    { Export: unary(script.Export) },
  )
  const reader = loadServiceDefinition('jaeger.storage.v2.TraceReader')
  server.addService(
    { ...reader, GetTraces: { ...reader['GetTraces'], responseSerialize: same } } as typeof reader,
    {
      GetServices: unary(script.GetServices),
      FindTraceIDs: unary(script.FindTraceIDs),
      GetTraces: (call: ServerWritableStream<unknown, Buffer>) => {
        script.GetTraces?.(call).catch((error: Error) => call.emit('error', error))
      },
    },
  )
  server.addService(loadServiceDefinition('jaeger.storage.v2.Capabilities'), {
    GetCapabilities: unary(script.GetCapabilities),
  })
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, taken) => {
      if (error === null) resolve(taken)
      else reject(error)
    })
  })
  t.teardown(() => server.forceShutdown())
  return { port: bound, stop: () => server.forceShutdown() }
}

/** A status with RetryInfo, as servers send it. */
export function statusWithRetry(code: status, retryAfterMs: number): Error {
  const { details } = grpcStatusOf(
    new GatewayError('store_unavailable', 'Cannot store spans', { retryAfterMs }),
  )
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(details ?? new Uint8Array()))
  return Object.assign(new Error('later'), { code, details: 'later', metadata })
}

/** A status without more. */
export function plainStatus(code: status, details = 'said so'): Error {
  return Object.assign(new Error(details), { code, details })
}
