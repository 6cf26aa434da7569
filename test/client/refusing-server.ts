import type { ServiceError } from '@grpc/grpc-js'
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js'
import type { Test } from 'tap'

/** A small OTLP server of grpc-js that answers as it is told. */
export interface RefusingServer {
  /** `host:port`. */
  readonly address: string
  /** Every request, with when it came (ms of the process) and its metadata. */
  readonly requests: readonly {
    readonly bytes: Buffer
    readonly atMs: number
    readonly metadata: Metadata
  }[]
}

/** How to answer one request: a status, with the details that belong to it, or a response. */
export type ServerAnswer =
  | { readonly code: number; readonly details: string; readonly statusDetails?: Uint8Array }
  | { readonly response: Uint8Array }
  | 'nothing'

/** Answers in this order; the last one stays. It ends with the test. */
export async function startRefusingServer(
  t: Test,
  answers: readonly ServerAnswer[],
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<RefusingServer> {
  const requests: { bytes: Buffer; atMs: number; metadata: Metadata }[] = []
  const rest = [...answers]
  const server = new Server()
  server.addService(
    {
      Export: {
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    {
      Export: (
        call: { readonly request: Buffer; readonly metadata: Metadata },
        respond: (error: Partial<ServiceError> | null, response?: Buffer) => void,
      ) => {
        const { request: bytes, metadata } = call
        requests.push({ bytes, atMs: performance.now(), metadata })
        const answer = rest.length > 1 ? rest.shift() : rest[0]
        if (answer === undefined || answer === 'nothing') return
        if ('response' in answer) respond(null, Buffer.from(answer.response))
        else respond(errorOf(answer))
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  t.teardown(() => server.forceShutdown())
  return { address: `127.0.0.1:${port}`, requests }
}

function errorOf({ code, details, statusDetails }: Extract<ServerAnswer, { code: number }>) {
  const metadata = new Metadata()
  if (statusDetails !== undefined) {
    metadata.set('grpc-status-details-bin', Buffer.from(statusDetails))
  }
  return { code, details, metadata }
}
