import type { StatusView } from '../ports/gateway-status.ts'
import type { SamplingView } from '../ports/sampling-view.ts'
import type { SpanStore } from '../ports/span-store.ts'
import { queryLimitDefaults } from '../search/query-limits.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CorsPolicy } from '../transport/cors.ts'
import type { HttpRouter } from '../transport/http-route.ts'
import { analysisEndpoints } from './api-v1/analysis-endpoints.ts'
import { describeInEnvelope } from './api-v1/envelope.ts'
import { nameEndpoints } from './api-v1/name-endpoints.ts'
import { traceEndpoints } from './api-v1/trace-endpoints.ts'
import type { DecodeOtlpJson } from './api-v1/transform-endpoint.ts'
import { transformEndpoint } from './api-v1/transform-endpoint.ts'
import { endpointsV3 } from './api-v3/http-endpoints.ts'
import type { Endpoint } from './http/endpoint.ts'
import { jsonTextPieces } from './http/json-pieces.ts'
import type { Reads } from './http/reads.ts'
import { createRouter } from './http/router.ts'
import { openApiDocument } from './open-api/document.ts'
import { textEndpoints } from './spangate-v1/http-endpoints.ts'
import { samplingEndpoints } from './spangate-v1/sampling-endpoints.ts'
import { statusEndpoint } from './spangate-v1/status-endpoint.ts'
import type { TextSearches } from './text-searches.ts'

/** What the HTTP API reads from, and what it reports to. */
export interface HttpApiOptions {
  /** Traces as they are stored. */
  readonly store: SpanStore
  /** Traces as they are shown unless a request asks for them raw; those that are stored by default. */
  readonly shown?: SpanStore
  /** Searches by text, of what is stored. */
  readonly texts: TextSearches
  /** Whose spans are read. */
  readonly tenant?: string
  /** Most traces that one search may ask for; the store has the same limit. */
  readonly searchDepthMax?: number
  /** ms since the epoch. */
  readonly now?: () => number
  readonly decodeOtlpJson: DecodeOtlpJson
  /** Pages that may ask from a browser; see `CorsPolicy`. */
  readonly allowedOrigins: readonly string[]
  /** In front of all paths, as `basePathOf` gives it; left out: none. */
  readonly basePath?: string
  /** What is sampled; left out: nothing is. */
  readonly sampling?: SamplingView
  /** How the process does; left out: there is no endpoint for it. */
  readonly status?: StatusView | undefined
  readonly metrics: Pick<Metrics, 'record'>
}

const nothingSampled: SamplingView = {
  status: () => ({
    mode: 'file',
    services: 0,
    operations: 0,
    location: undefined,
    changedUnixMs: undefined,
    succeededUnixMs: undefined,
    failure: undefined,
    adaptive: undefined,
  }),
  busiest: async () => [],
}

/** The HTTP API over one store, port 16686. It holds nothing that has to be closed. */
export function createHttpApi(options: HttpApiOptions): HttpRouter {
  const reads: Reads = {
    shown: options.shown ?? options.store,
    stored: options.store,
    texts: options.texts,
    tenant: options.tenant ?? '',
    searchDepthMax: options.searchDepthMax ?? queryLimitDefaults.tracesMax,
    now: options.now ?? Date.now,
  }
  const { metrics, basePath = '' } = options
  const cors = new CorsPolicy(options.allowedOrigins, ['GET', 'POST'])
  const endpoints = createEndpoints(reads, options.decodeOtlpJson, options)
  return createRouter(endpoints, { basePath, cors, metrics })
}

function documentEndpoint(document: () => string): Endpoint {
  return {
    method: 'GET',
    path: '/api/openapi.json',
    operationId: 'getOpenApi',
    doc: 'This document.',
    parameters: [],
    answer: { type: 'object' },
    failures: [],
    describe: describeInEnvelope,
    answers: () => jsonTextPieces(document()),
  }
}

/** Everything that is served, in the order of the documentation. */
function createEndpoints(
  reads: Reads,
  decode: DecodeOtlpJson,
  {
    basePath = '',
    sampling = nothingSampled,
    status,
  }: Pick<HttpApiOptions, 'basePath' | 'sampling' | 'status'> = {},
): readonly Endpoint[] {
  const endpoints: readonly Endpoint[] = [
    ...nameEndpoints(reads),
    ...traceEndpoints(reads),
    transformEndpoint(decode),
    ...analysisEndpoints(reads),
    ...endpointsV3(reads),
    ...textEndpoints(reads),
    ...samplingEndpoints(sampling),
    ...(status === undefined ? [] : [statusEndpoint(status)]),
    documentEndpoint(() => document),
  ]
  const document: string = JSON.stringify(openApiDocument(endpoints, basePath))
  return endpoints
}
