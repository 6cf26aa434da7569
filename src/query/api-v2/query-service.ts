import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import { encodeSpanChunks } from '../../../bridge/jaeger-proto/encode-chunks.ts'
import { traceIdLength } from '../../../bridge/model/identifier.ts'
import type { QueryServiceDefinition } from '../../../proto/gen/jaeger/api_v2/QueryService.ts'
import type { TraceQueryParameters__Output } from '../../../proto/gen/jaeger/api_v2/TraceQueryParameters.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import { archiveTrace } from '../archive-trace.ts'
import { badField } from '../bad-field.ts'
import type { QueryServiceOptions } from '../jaeger-services.ts'
import { getDependencies, getOperations, getServices } from '../jaeger-services.ts'
import { readSearch } from '../read-search.ts'
import { readTraceWindow } from '../read-time.ts'
import { serveStream, serveUnary } from '../serve-method.ts'
import type { TraceSource } from '../trace-responses.ts'
import { foundTraces, oneTrace, refuseZeroTraceId } from '../trace-responses.ts'

/**
 * jaeger.api_v2.QueryService: traces as Jaeger spans, at most 10 in a message, each with its process.
 * The implementation belongs to `bytesDefinition(definition)`.
 *
 * Source: jaeger-idl, proto/api_v2/query.proto; docs/differences.md.
 */
export function createQueryServiceV2(
  options: QueryServiceOptions<QueryServiceDefinition>,
): UntypedServiceImplementation {
  const { definition, searchDepthMax, serving, shown, store, tenant } = options
  const source = (isRaw: boolean, signal: AbortSignal): TraceSource => {
    return { store: isRaw ? store : shown, tenant, encodePart: encodeSpanChunks, signal }
  }
  const listOperations = getOperations(options, 2)
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
    GetServices: serveUnary(serving, definition.GetServices, getServices(options)),
    GetOperations: serveUnary(serving, definition.GetOperations, async (request, report) => {
      const { operations } = await listOperations(request, report)
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
    GetDependencies: serveUnary(serving, definition.GetDependencies, getDependencies(options)),
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
