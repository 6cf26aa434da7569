import type { MetadataValue, ServiceError } from '@grpc/grpc-js'
import { Client, credentials, loadPackageDefinition, Metadata, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { QueryServiceClient } from '../../proto/gen/jaeger/api_v3/QueryService.ts'
import type { KeyValue__Output } from '../../proto/gen/opentelemetry/proto/common/v1/KeyValue.ts'
import type { TracesData__Output } from '../../proto/gen/opentelemetry/proto/trace/v1/TracesData.ts'
import type { ProtoGrpcType } from '../../proto/gen/spangate.ts'
import { projectRoot } from '../project-root.ts'

const published = loadPackageDefinition(
  loadSync(
    [
      'jaeger/api_v3/query_service.proto',
      'opentelemetry/proto/collector/trace/v1/trace_service.proto',
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

/** What an Export call was answered with. */
export interface ExportAnswer {
  /** Name of the gRPC status, `OK` included. */
  readonly code: string
  readonly message: string
  /** Of a google.rpc.RetryInfo in the status details. */
  readonly retryAfterMs: number | undefined
  /** Of the partial success. */
  readonly rejectedSpans: number
}

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const asIs = (bytes: Buffer): Buffer => bytes

/** A client of the OTLP port that sends bytes as they are, also bad ones. */
export class OtlpClient {
  readonly #client: Client

  constructor(address: string) {
    // Not the channel of another test's client: that one may be waiting to connect again.
    const options = { 'grpc.use_local_subchannel_pool': 1 }
    this.#client = new Client(address, credentials.createInsecure(), options)
  }

  /** One Export call; every status is an answer. */
  async export(request: Uint8Array, timeoutMs = 60_000): Promise<ExportAnswer> {
    return await new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        exportPath,
        asIs,
        asIs,
        Buffer.from(request),
        new Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => resolve(error === null ? accepted(response) : refused(error)),
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}

function accepted(response: Buffer | undefined): ExportAnswer {
  const { ExportTraceServiceResponse } = published.opentelemetry.proto.collector.trace.v1
  const { partialSuccess } = ExportTraceServiceResponse.deserialize(response ?? Buffer.alloc(0))
  const { rejectedSpans = '0', errorMessage = '' } = partialSuccess ?? {}
  return {
    code: 'OK',
    message: errorMessage,
    retryAfterMs: undefined,
    rejectedSpans: Number(rejectedSpans),
  }
}

function refused(error: ServiceError): ExportAnswer {
  return {
    code: status[error.code],
    message: error.details,
    retryAfterMs: retryAfterMsOf(error.metadata?.get('grpc-status-details-bin')[0]),
    rejectedSpans: 0,
  }
}

function retryAfterMsOf(details: MetadataValue | undefined): number | undefined {
  if (!Buffer.isBuffer(details)) return undefined
  const { Status, RetryInfo } = published.google.rpc
  for (const detail of Status.deserialize(details).details) {
    // proto-loader shows a known type in an Any as its message, an unknown one as its bytes.
    const info =
      'value' in detail ? RetryInfo.deserialize(detail.value as Buffer) : (detail as never)
    const { retryDelay } = info as ReturnType<typeof RetryInfo.deserialize>
    if (retryDelay) return Number(retryDelay.seconds) * 1000 + retryDelay.nanos / 1e6
  }
  return undefined
}

/** A client of jaeger.api_v3, made of the published proto files. */
export class QueryClient {
  readonly #client: QueryServiceClient

  constructor(address: string) {
    const options = {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
    }
    this.#client = new published.jaeger.api_v3.QueryService(
      address,
      credentials.createInsecure(),
      options,
    )
  }

  /** Ids of the spans of a trace, hex, in the order they come; none when it is not found. */
  async spanIds(traceId: Uint8Array): Promise<string[]> {
    const ids: string[] = []
    const request = { traceId: Buffer.from(traceId).toString('hex'), rawTraces: true }
    try {
      for await (const message of this.#client.getTrace(request, { deadline: soon() })) {
        ids.push(...spanIdsIn(message as TracesData__Output))
      }
    } catch (error) {
      if (isServiceError(error) && error.code === status.NOT_FOUND) return []
      throw error
    }
    return ids
  }

  /** The spans of a trace, with their services, in the order they come; none when it is not found. */
  async spans(traceId: string): Promise<FoundSpan[]> {
    const found: FoundSpan[] = []
    try {
      for await (const message of this.#client.getTrace(
        { traceId, rawTraces: true },
        { deadline: soon() },
      )) {
        found.push(...foundSpansIn(message as TracesData__Output))
      }
    } catch (error) {
      if (isServiceError(error) && error.code === status.NOT_FOUND) return []
      throw error
    }
    return found
  }

  /** Ids of traces of a service in a window, by default the last hour; hex, the newest first. */
  async traceIds(
    serviceName: string,
    { startMs, endMs } = { startMs: Date.now() - 3_600_000, endMs: Date.now() + 60_000 },
  ): Promise<string[]> {
    const query = {
      serviceName,
      startTimeMin: { seconds: Math.floor(startMs / 1000) },
      startTimeMax: { seconds: Math.floor(endMs / 1000) },
      searchDepth: 100,
    }
    const ids = new Set<string>()
    for await (const message of this.#client.findTraces({ query }, { deadline: soon() })) {
      for (const span of spansIn(message as TracesData__Output)) {
        ids.add(span.traceId.toString('hex'))
      }
    }
    return [...ids]
  }

  close(): void {
    this.#client.close()
  }
}

function spanIdsIn(message: TracesData__Output): string[] {
  return spansIn(message).map((span) => span.spanId.toString('hex'))
}

/** A span as a query answers it, in the terms of a test. */
export interface FoundSpan {
  /** Of the resource's `service.name`. */
  readonly service: string
  readonly scope: string
  /** Hex, as are the ids below; the empty string for a root. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  /** Such as `SPAN_KIND_SERVER`, and `STATUS_CODE_ERROR` below. */
  readonly kind: string
  readonly status: string
  readonly startUnixNano: string
  readonly endUnixNano: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly {
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
  }[]
  readonly links: readonly {
    readonly spanId: string
    readonly attributes: Readonly<Record<string, unknown>>
  }[]
}

function foundSpansIn({ resourceSpans }: TracesData__Output): FoundSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource?.attributes ?? [])['service.name'] ?? '')
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        service,
        scope: scope?.name ?? '',
        traceId: span.traceId.toString('hex'),
        spanId: span.spanId.toString('hex'),
        parentSpanId: span.parentSpanId.toString('hex'),
        traceState: span.traceState,
        flags: span.flags,
        name: span.name,
        kind: span.kind,
        status: span.status?.code ?? 'STATUS_CODE_UNSET',
        startUnixNano: span.startTimeUnixNano,
        endUnixNano: span.endTimeUnixNano,
        attributes: valuesOf(span.attributes),
        events: span.events.map(({ name, attributes }) => ({
          name,
          attributes: valuesOf(attributes),
        })),
        links: span.links.map(({ spanId, attributes }) => ({
          spanId: spanId.toString('hex'),
          attributes: valuesOf(attributes),
        })),
      })),
    )
  })
}

/** Scalars as themselves, an int as its digits; other values as the client has them. */
function valuesOf(attributes: readonly KeyValue__Output[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value?.value === undefined ? value : value[value.value],
    ]),
  )
}

function spansIn({ resourceSpans }: TracesData__Output) {
  return resourceSpans.flatMap((resource) => resource.scopeSpans).flatMap((scope) => scope.spans)
}

function soon(): number {
  return Date.now() + 60_000
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error
}
