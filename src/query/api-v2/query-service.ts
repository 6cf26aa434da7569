import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import { encodeSpanChunks } from '../../../bridge/jaeger-proto/encode-chunks.ts'
import { traceIdLength } from '../../../bridge/model/identifier.ts'
import type { QueryServiceDefinition } from '../../../proto/gen/jaeger/api_v2/QueryService.ts'
import type { TraceQueryParameters__Output } from '../../../proto/gen/jaeger/api_v2/TraceQueryParameters.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SpanStore } from '../../ports/span-store.ts'
import { archiveTrace } from '../archive-trace.ts'
import { badField } from '../bad-field.ts'
import { boundedList } from '../bounded-list.ts'
import { dependenciesOf } from '../dependencies.ts'
import { findOperations } from '../operations.ts'
import { readSearch } from '../read-search.ts'
import { readTraceWindow } from '../read-time.ts'
import type { Serving } from '../serve-method.ts'
import { serveStream, serveUnary } from '../serve-method.ts'
import type { TraceSource } from '../trace-responses.ts'
import { foundTraces, oneTrace, refuseZeroTraceId } from '../trace-responses.ts'

/** What the service reads from, and its limits. */
export interface QueryServiceOptions {
  /** As proto-loader reads it. */
  readonly definition: QueryServiceDefinition
  /** Traces as they are stored. */
  readonly store: SpanStore
  /** Traces as they are shown unless a request asks for them raw. */
  readonly shown: SpanStore
  readonly tenant: string
  /** Most traces that one search may ask for. */
  readonly searchDepthMax: number
  readonly serving: Serving
}

/**
 * jaeger.api_v2.QueryService: traces as Jaeger spans, at most 10 in a message, each with its process.
 * The implementation belongs to `bytesDefinition(definition)`.
 *
 * Source: jaeger-idl, proto/api_v2/query.proto; docs/differences.md.
 */
export function createQueryServiceV2(options: QueryServiceOptions): UntypedServiceImplementation {
  const { definition, searchDepthMax, serving, shown, store, tenant } = options
  const source = (isRaw: boolean, signal: AbortSignal): TraceSource => {
    return { store: isRaw ? store : shown, tenant, encodePart: encodeSpanChunks, signal }
  }
  return {
    GetTrace: serveStream(serving, definition.GetTrace, (request, signal) => {
      const traceId = readTraceId(request.traceId)
      const trace = { traceId, ...readTraceWindow(request) }
      return oneTrace(source(request.rawTraces, signal), trace)
    }),
    FindTraces: serveStream(serving, definition.FindTraces, ({ query }, signal) => {
      const search = readQuery(query, searchDepthMax)
      return foundTraces(source(query?.rawTraces === true, signal), search)
    }),
    GetServices: serveUnary(serving, definition.GetServices, async (_, report) => {
      const { kept, bound } = boundedList(await store.services(tenant), (name) => name)
      report(bound)
      return { services: [...kept] }
    }),
    GetOperations: serveUnary(serving, definition.GetOperations, async (request, report) => {
      const found = await findOperations(store, tenant, request)
      const { kept, bound } = boundedList(found, ({ name }) => name, 2)
      report(bound)
      const operations = [...kept]
      // The deprecated list is all that clients older than span kinds read.
      const operationNames = [...new Set(operations.map(({ name }) => name))]
      return { operationNames, operations }
    }),
    ArchiveTrace: serveUnary(serving, definition.ArchiveTrace, async (request, _, signal) => {
      const traceId = readTraceId(request.traceId)
      const trace = { traceId, ...readTraceWindow(request) }
      await archiveTrace({ store, tenant, signal }, trace)
      return {}
    }),
    GetDependencies: serveUnary(serving, definition.GetDependencies, async (request, _, signal) => {
      return { dependencies: [...(await dependenciesOf(store, tenant, request, signal))] }
    }),
  }
}

/** 16 bytes, or the low 8 of an id of 64 bits; a request without id reads as the id of all zeros. */
function readTraceId(bytes: Uint8Array): Uint8Array {
  refuseZeroTraceId(bytes)
  if (bytes.length !== traceIdLength && bytes.length !== traceIdLength / 2) {
    throw badField('trace_id', `has ${bytes.length} bytes, must be 8 or 16`)
  }
  const traceId = new Uint8Array(traceIdLength)
  traceId.set(bytes, traceIdLength - bytes.length)
  return traceId
}

function readQuery(query: TraceQueryParameters__Output | null, searchDepthMax: number): SpanQuery {
  if (query === null) throw badField('query', 'is required')
  return readSearch(
    { ...query, attributes: query.tags },
    { attributesField: 'query.tags', timesRequired: false, searchDepthMax },
  )
}
