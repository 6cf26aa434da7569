import type {
  ClientReadableStream,
  MetadataValue,
  requestCallback,
  ServiceError,
  StatusObject,
} from '@grpc/grpc-js'
import {
  Client,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { QueryServiceClient as ClientV2 } from '../../proto/gen/jaeger/api_v2/QueryService.ts'
import type { QueryServiceClient as ClientV3 } from '../../proto/gen/jaeger/api_v3/QueryService.ts'
import type { StatusServiceClient } from '../../proto/gen/spangate/v1/StatusService.ts'
import type { TraceSearchServiceClient } from '../../proto/gen/spangate/v1/TraceSearchService.ts'
import type { ProtoGrpcType } from '../../proto/gen/spangate.ts'
import type { StatusView } from '../../src/ports/gateway-status.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { SearchGate } from '../../src/query/limit-searches.ts'
import { createQueryServices } from '../../src/query/query-services.ts'
import { createStatusService } from '../../src/query/spangate-v1/status-service.ts'
import { createTraceSearchService } from '../../src/query/spangate-v1/trace-search-service.ts'
import type { StalledLimits } from '../../src/query/stalled-answers.ts'
import { StalledAnswers } from '../../src/query/stalled-answers.ts'
import { createTextSearches } from '../../src/query/text-searches.ts'
import type { TextSearchBounds } from '../../src/search/text/text-bounds.ts'
import { textSearchBoundDefaults } from '../../src/search/text/text-bounds.ts'
import { projectRoot } from '../project-root.ts'
import { sampleStatus, viewOf } from '../status/sample-status.ts'

/** The published client side: proto-loader over the proto files, as a user of theirs has it. */
export const published = loadPackageDefinition(
  loadSync(
    [
      'jaeger/api_v2/query.proto',
      'jaeger/api_v3/query_service.proto',
      'opentelemetry/proto/collector/trace/v1/trace_service.proto',
      'spangate/v1/status.proto',
      'spangate/v1/trace_search.proto',
      'google/rpc/status.proto',
      'google/rpc/error_details.proto',
    ],
    {
      includeDirs: [`${projectRoot}/proto`],
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    },
  ),
) as unknown as ProtoGrpcType

/** A query port over loopback, with clients of it. */
export interface QueryPort {
  readonly v2: ClientV2
  readonly v3: ClientV3
  readonly text: TraceSearchServiceClient
  readonly status: StatusServiceClient
  /** Calls with bytes in and bytes out. */
  readonly raw: Client
  /** Labels of the calls that were measured, in order. */
  readonly measured: { readonly method: string; readonly code: string }[]
  /** Lines of the log. */
  readonly logged: { readonly level: number; readonly msg: string }[]
}

/** What one test changes. */
export interface QueryPortOptions {
  readonly tenant?: string
  /** Instead of the traces that are stored. */
  readonly shown?: SpanStore
  readonly searchDepthMax?: number
  readonly stalled?: StalledLimits
  /** Of searches by text. */
  readonly bounds?: Partial<TextSearchBounds>
  readonly searchesMax?: number
  readonly status?: StatusView
}

const patient: StalledLimits = { stalledAfterMs: 60_000, stalledMax: 64 }

/** Serves a store until the test ends. */
export async function startQuery(
  t: Test,
  store: SpanStore,
  options: QueryPortOptions = {},
): Promise<QueryPort> {
  const measured: QueryPort['measured'] = []
  const logged: QueryPort['logged'] = []
  const server = new Server()
  const shared = {
    ...options,
    store,
    stalled: new StalledAnswers(options.stalled ?? patient, { add: () => {} }),
    logger: pino({}, { write: (line) => logged.push(JSON.parse(line)) }),
    metrics: {
      record: (_name: string, _value: number, labels: object) => measured.push(labels as never),
    },
  }
  const { searchesMax = 16 } = options
  const services = [
    ...createQueryServices(shared),
    createTraceSearchService({
      ...shared,
      texts: createTextSearches({
        store,
        gate: new SearchGate({ searchesMax, metrics: { add: () => {} } }),
        retentionMs: 72 * 3_600_000,
        bounds: { ...textSearchBoundDefaults, ...options.bounds },
      }),
    }),
    createStatusService({ ...shared, view: options.status ?? viewOf(sampleStatus()) }),
  ]
  for (const { definition, implementation } of services) {
    server.addService(definition, implementation)
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  const target = `127.0.0.1:${port}`
  const plain = credentials.createInsecure()
  // Each has a connection of its own, as different programs have.
  const channel = { 'grpc.use_local_subchannel_pool': 1 }
  const v2 = new published.jaeger.api_v2.QueryService(target, plain, channel)
  const v3 = new published.jaeger.api_v3.QueryService(target, plain, channel)
  const text = new published.spangate.v1.TraceSearchService(target, plain, channel)
  const statusClient = new published.spangate.v1.StatusService(target, plain, channel)
  const raw = new Client(target, plain, { ...channel, 'grpc.max_receive_message_length': -1 })
  t.teardown(() => {
    for (const client of [v2, v3, text, statusClient, raw]) client.close()
    server.forceShutdown()
  })
  return { v2, v3, text, status: statusClient, raw, measured, logged }
}

/** How a call ended. */
export interface Ending {
  /** Name of the status code. */
  readonly code: string
  readonly details: string
  /** Fields that a google.rpc.BadRequest names. */
  readonly fields: readonly string[]
  /** The search bound that the trailers name. */
  readonly bound: MetadataValue | undefined
}

/** A streamed answer, whole. */
export interface Streamed<Message> extends Ending {
  readonly messages: readonly Message[]
}

/** Reads a stream to its end, which may be an error. */
export function readAll<Message>(call: ClientReadableStream<Message>): Promise<Streamed<Message>> {
  return new Promise((resolve) => {
    const messages: Message[] = []
    call.on('data', (message: Message) => messages.push(message))
    // The status says the same.
    call.on('error', () => {})
    call.on('status', (end: StatusObject) => resolve({ messages, ...endingOf(end) }))
  })
}

/** One answer, or the error. */
export interface Answered<Message> extends Ending {
  readonly message: Message | undefined
}

/** Makes a unary call: `unary((done) => client.getServices({}, done))`. */
export function unary<Message>(
  start: (done: requestCallback<Message>) => unknown,
): Promise<Answered<Message>> {
  return new Promise((resolve) => {
    start((error: ServiceError | null, message?: Message) => {
      resolve({ message, ...endingOf(error ?? { code: status.OK, details: 'OK' }) })
    })
  })
}

const asIs = (bytes: Buffer): Buffer => bytes

/** A streaming call whose messages stay bytes. */
export function rawStream(
  port: QueryPort,
  method: string,
  request: Uint8Array,
): ClientReadableStream<Buffer> {
  return port.raw.makeServerStreamRequest(method, asIs, asIs, Buffer.from(request))
}

function endingOf(end: Partial<StatusObject>): Ending {
  return {
    code: status[end.code ?? status.UNKNOWN],
    details: end.details ?? '',
    fields: violatedFields(end.metadata?.get('grpc-status-details-bin')[0]),
    bound: end.metadata?.get('spangate-search-bound')[0],
  }
}

function violatedFields(details: MetadataValue | undefined): string[] {
  if (!Buffer.isBuffer(details)) return []
  const { Status, BadRequest } = published.google.rpc
  return Status.deserialize(details).details.flatMap((detail) => {
    // proto-loader shows a known type in an Any as its message, an unknown one as its bytes.
    const message =
      'value' in detail ? BadRequest.deserialize(detail.value as Buffer) : (detail as never)
    return (message as ReturnType<typeof BadRequest.deserialize>).fieldViolations.map(
      ({ field }) => field,
    )
  })
}
