import { fileURLToPath } from 'node:url'
import type { ServiceError } from '@grpc/grpc-js'
import { Client, credentials, loadPackageDefinition, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { hexOf } from '../../bridge/model/identifier.ts'
import { spanCount, traceIdBytes } from '../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import type { TraceQueryParameters } from '../../proto/gen/jaeger/api_v3/TraceQueryParameters.ts'
import type { ProtoGrpcType } from '../../proto/gen/spangate.ts'
import type { Endpoint } from '../gateway-child.ts'

const includeDirs = [fileURLToPath(new URL('../../../proto', import.meta.url))]
const loaded = loadPackageDefinition(
  loadSync('jaeger/api_v3/query_service.proto', { includeDirs, longs: String, enums: String }),
) as unknown as ProtoGrpcType
const methods = loaded.jaeger.api_v3.QueryService.service
const asIs = (bytes: Buffer): Buffer => bytes

/** A call of jaeger.api_v3.QueryService. */
export type QueryCall =
  | { readonly method: 'GetTrace'; readonly traceId: string }
  | { readonly method: 'FindTraces' | 'FindTraceSummaries'; readonly query: TraceQueryParameters }

/** How a call ended, and how long it took. */
export interface QueryAnswer {
  /** Name of the gRPC status. */
  readonly status: string
  readonly message: string
  readonly durationMs: number
  /** The limit that ended the search early, if one did. */
  readonly bound: string | undefined
  /** Messages as they came; see `countAnswer`. */
  readonly messages: readonly Buffer[]
}

/** Asks a gateway, and decodes nothing while the clock runs. */
export class QueryClient {
  readonly #client: Client

  constructor({ host, port }: Endpoint) {
    this.#client = new Client(`${host}:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
    })
  }

  /** Resolves whatever the answer is; the time counts until the status has come. */
  async ask(call: QueryCall, timeoutMs = 120_000): Promise<QueryAnswer> {
    const messages: Buffer[] = []
    const request = serialize(call)
    const startMs = performance.now()
    const stream = this.#client.makeServerStreamRequest(
      methods[call.method].path,
      asIs,
      asIs,
      request,
      { deadline: Date.now() + timeoutMs },
    )
    return await new Promise((resolve) => {
      let failure: ServiceError | undefined
      stream.on('data', (message: Buffer) => messages.push(message))
      stream.on('error', (error: ServiceError) => {
        failure = error
      })
      stream.on('status', ({ code, details, metadata }) => {
        const bound = metadata.get('spangate-search-bound')[0]
        resolve({
          status: status[code] ?? String(code),
          message: failure?.details ?? details,
          durationMs: performance.now() - startMs,
          bound: typeof bound === 'string' ? bound : undefined,
          messages,
        })
      })
    })
  }

  close(): void {
    this.#client.close()
  }
}

function serialize(call: QueryCall): Buffer {
  switch (call.method) {
    case 'GetTrace':
      return methods.GetTrace.requestSerialize({ traceId: call.traceId })
    case 'FindTraces':
      return methods.FindTraces.requestSerialize({ query: call.query })
    case 'FindTraceSummaries':
      return methods.FindTraceSummaries.requestSerialize({ query: call.query })
  }
}

/** What is in an answer. */
export interface AnswerCounts {
  readonly traces: number
  readonly spans: number
}

/** Counts the traces and spans of an answer. */
export function countAnswer({ method }: QueryCall, { messages }: QueryAnswer): AnswerCounts {
  if (method === 'FindTraceSummaries') {
    const summaries = messages.flatMap((message) => {
      return methods.FindTraceSummaries.responseDeserialize(message).summaries ?? []
    })
    const spans = summaries.reduce((sum, summary) => sum + (summary.spanCount ?? 0), 0)
    return { traces: summaries.length, spans }
  }
  const traces = new Set<string>()
  let spans = 0
  for (const message of messages) {
    // TracesData has the fields of an export request.
    const { batch } = decodeRequest(message, { arrivalUnixMs: 0 })
    spans += spanCount(batch)
    for (let span = 0; span < spanCount(batch); span++) traces.add(hexOf(traceIdBytes(batch, span)))
  }
  return { traces: traces.size, spans }
}
