import { boundedList } from '../bounded-list.ts'
import { cursorParameter, readPage } from '../http/cursor.ts'
import type { Endpoint, EndpointCall } from '../http/endpoint.ts'
import { inLargerPieces, jsonPieces } from '../http/json-pieces.ts'
import { decodedPercents } from '../http/query-string.ts'
import { textParameter, withText } from '../http/read-text.ts'
import type { Reads } from '../http/reads.ts'
import { named, text } from '../http/schema.ts'
import { spanKindParameter } from '../http/span-kind-parameter.ts'
import { findOperations } from '../operations.ts'
import { summarizeSearched } from '../text-or-conditions.ts'
import { describeV3, malformedParameter, readingParameters } from './http-failure.ts'
import {
  conditionNamesV3,
  isRawSearch,
  isRawTrace,
  readHttpSearch,
  readHttpTraceRef,
  searchParametersV3,
  traceParametersV3,
} from './http-parameters.ts'
import { foundTracePieces, summaryPieces, tracePieces } from './trace-pieces.ts'

const describe = describeV3

/**
 * jaeger.api_v3.QueryService as HTTP: traces as OTLP JSON.
 *
 * Source: jaeger v2.20.0, apiv3/http_gateway.go; docs/differences.md.
 */
export function endpointsV3(reads: Reads): Endpoint[] {
  return [...nameEndpointsV3(reads), ...traceEndpointsV3(reads)]
}

function nameEndpointsV3({ stored: store, tenant }: Reads): Endpoint[] {
  const services: Endpoint = {
    method: 'GET',
    path: '/api/v3/services',
    operationId: 'getServicesV3',
    doc: 'Names of all services.',
    parameters: [],
    answer: named('ServicesV3'),
    failures: [],
    describe,
    async answers() {
      const { kept } = boundedList(await store.services(tenant), (name) => name)
      return jsonPieces({ services: kept })
    },
  }
  const operations: Endpoint = {
    method: 'GET',
    path: '/api/v3/operations',
    operationId: 'getOperationsV3',
    doc: 'Operations of a service; a kind that is not known is told as `internal`.',
    parameters: [
      { name: 'service', schema: text, doc: 'Name of the service.', required: true },
      spanKindParameter('spanKind'),
      spanKindParameter('span_kind'),
    ],
    answer: named('OperationsV3'),
    failures: [],
    describe,
    async answers({ query }) {
      const kind = query.first('spanKind', 'span_kind')
      const request = { service: query.text('service'), spanKind: kind?.text ?? '' }
      const found = await findOperations(store, tenant, request, kind?.name).catch((error) => {
        throw malformedParameter(error)
      })
      const { kept } = boundedList(found, ({ name }) => name)
      const operations = kept.map(({ name, spanKind }) => ({
        name,
        spanKind: spanKind === '' ? 'internal' : spanKind,
      }))
      return jsonPieces({ operations })
    },
  }
  return [services, operations]
}

function traceEndpointsV3(reads: Reads): Endpoint[] {
  const { tenant, searchDepthMax } = reads
  const storeOf = (isRaw: boolean) => (isRaw ? reads.stored : reads.shown)
  const readSearch = ({ query }: EndpointCall) => {
    return readingParameters(() => {
      const conditions = readHttpSearch(query, searchDepthMax)
      const search = withText(query, conditions, conditionNamesV3)
      const page = readPage(query, search, searchDepthMax)
      return { page, store: storeOf(isRawSearch(query)) }
    })
  }
  const byId: Endpoint = {
    method: 'GET',
    path: '/api/v3/traces/{traceId}',
    operationId: 'getTraceV3',
    doc: 'One trace.',
    segmentDoc: 'Id of the trace: 1 to 32 hex digits, or base64 of its bytes.',
    parameters: traceParametersV3,
    answer: named('TracesV3'),
    failures: [404],
    describe,
    answers({ query, segment, signal }) {
      const { trace, isRaw } = readingParameters(() => ({
        trace: readHttpTraceRef(query, decodedPercents(segment)),
        isRaw: isRawTrace(query),
      }))
      return inLargerPieces(tracePieces(storeOf(isRaw), tenant, trace, signal))
    },
  }
  const search: Endpoint = {
    method: 'GET',
    path: '/api/v3/traces',
    operationId: 'findTracesV3',
    doc: 'Traces that have a span on which all conditions hold, or that match a query text; 404 when there is none.',
    parameters: [...searchParametersV3, textParameter, cursorParameter],
    answer: named('TracesV3'),
    failures: [404],
    describe,
    answers(call) {
      const { page, store } = readSearch(call)
      return inLargerPieces(foundTracePieces({ ...reads, store, signal: call.signal }, page))
    },
  }
  const summaries: Endpoint = {
    method: 'GET',
    path: '/api/v3/trace-summaries',
    operationId: 'findTraceSummariesV3',
    doc: 'The same traces in the same order, each as a summary.',
    parameters: [...searchParametersV3, textParameter, cursorParameter],
    answer: named('SummariesV3'),
    failures: [],
    describe,
    answers(call) {
      const { page, store } = readSearch(call)
      const summaries = summarizeSearched({ ...reads, store, signal: call.signal }, page.query)
      return inLargerPieces(summaryPieces(summaries, page))
    },
  }
  return [search, summaries, byId]
}
