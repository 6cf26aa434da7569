import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import { parseTraceId } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import type { GetTraceRequest__Output } from '../../../proto/gen/jaeger/api_v3/GetTraceRequest.ts'
import type { QueryServiceDefinition } from '../../../proto/gen/jaeger/api_v3/QueryService.ts'
import type { TraceQueryParameters__Output } from '../../../proto/gen/jaeger/api_v3/TraceQueryParameters.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { TraceRef } from '../../ports/span-store.ts'
import { tracePartBytesMax } from '../../ports/span-store.ts'
import { badField, quoted } from '../bad-field.ts'
import type { QueryServiceOptions } from '../jaeger-services.ts'
import { getDependencies, getOperations, getServices } from '../jaeger-services.ts'
import { readFilteredSearch, readSearch } from '../read-search.ts'
import { readTraceWindow } from '../read-time.ts'
import { serveStream, serveUnary } from '../serve-method.ts'
import type { TraceSource } from '../trace-responses.ts'
import { foundTraces, oneTrace, refuseZeroTraceId } from '../trace-responses.ts'
import { foundSummaries } from './found-summaries.ts'

/**
 * jaeger.api_v3.QueryService: traces as OTLP.
 *
 * Spans go out as the bytes they are stored in, re-framed by resource and scope and never decoded,
 * so fields that this version does not know survive. The implementation belongs to
 * `bytesDefinition(definition)`.
 *
 * Source: jaeger-idl, proto/api_v3/query_service.proto; docs/differences.md.
 */
export function createQueryServiceV3(
  options: QueryServiceOptions<QueryServiceDefinition>,
): UntypedServiceImplementation {
  const { definition, searchDepthMax, serving, shown, store, tenant } = options
  const source = (isRaw: boolean, signal: AbortSignal): TraceSource => {
    return { store: isRaw ? store : shown, tenant, encodePart, signal }
  }
  return {
    GetTrace: serveStream(serving, definition.GetTrace, (request, signal) => {
      return oneTrace(source(request.rawTraces, signal), readTraceRef(request))
    }),
    FindTraces: serveStream(serving, definition.FindTraces, ({ query }, signal) => {
      const search = readQuery(query, searchDepthMax)
      return foundTraces(source(query?.rawTraces === true, signal), search)
    }),
    FindTraceSummaries: serveStream(serving, definition.FindTraceSummaries, (request, signal) => {
      const query = readQuery(request.query, searchDepthMax)
      const encode = definition.FindTraceSummaries.responseSerialize
      return foundSummaries(store.summaries(tenant, query, signal), encode)
    }),
    GetServices: serveUnary(serving, definition.GetServices, getServices(options)),
    GetOperations: serveUnary(serving, definition.GetOperations, getOperations(options)),
    GetDependencies: serveUnary(serving, definition.GetDependencies, getDependencies(options)),
  }
}

function encodePart(part: SpanBatch): Iterable<Uint8Array> {
  return splitTracesData(part, tracePartBytesMax)
}

function readTraceRef(request: GetTraceRequest__Output): TraceRef {
  const traceId = parseTraceId(request.traceId)
  if (traceId === undefined) {
    throw badField('trace_id', `is ${quoted(request.traceId)}, must be 1 to 32 hex digits`)
  }
  refuseZeroTraceId(traceId)
  return { traceId, ...readTraceWindow(request) }
}

function readQuery(query: TraceQueryParameters__Output | null, searchDepthMax: number): SpanQuery {
  if (query === null) throw badField('query', 'is required')
  const rules = {
    attributesField: 'query.attributes',
    timesRequired: true,
    searchDepthMax,
  } as const
  const { filter } = query
  return filter === null ? readSearch(query, rules) : readFilteredSearch(query, filter, rules)
}
