import type { Logger } from 'pino'
import type { Config } from './config/settings.ts'
import { listOf } from './config/settings.ts'
import type { DroppedSpansView } from './ports/dropped-spans.ts'
import type { StatusView } from './ports/gateway-status.ts'
import type { SamplingView } from './ports/sampling-view.ts'
import type { SpanStore } from './ports/span-store.ts'
import { adjustTraces } from './query/adjust/adjust-traces.ts'
import { basePathOf } from './query/http/base-path.ts'
import type { HttpApiOptions } from './query/http-api.ts'
import { createHttpApi } from './query/http-api.ts'
import { limitSearches, SearchGate } from './query/limit-searches.ts'
import { createQueryServices } from './query/query-services.ts'
import { readArchived } from './query/read-archived.ts'
import { createStatusService } from './query/spangate-v1/status-service.ts'
import { createTraceSearchService } from './query/spangate-v1/trace-search-service.ts'
import { StalledAnswers } from './query/stalled-answers.ts'
import { createStorageServices } from './query/storage-v2/storage-services.ts'
import { createTextSearches } from './query/text-searches.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { GrpcService } from './transport/grpc-service.ts'
import type { HttpRouter } from './transport/http-route.ts'

/** What queries are answered from. */
export interface QuerySideOptions {
  readonly config: Config
  readonly store: SpanStore
  readonly metrics: Metrics
  readonly logger: Logger
  /** What is sampled, for people. */
  readonly sampling: SamplingView
  /** How the process does. */
  readonly status: StatusView
  /** Spans that came and were not stored. */
  readonly dropped: DroppedSpansView
  readonly decodeOtlpJson: HttpApiOptions['decodeOtlpJson']
}

/** The APIs that answer queries. They share their limits, whichever of them is asked. */
export interface QuerySide {
  readonly services: readonly GrpcService[]
  /** jaeger.storage.v2, for a port of its own. */
  readonly storage: readonly GrpcService[]
  readonly api: HttpRouter
  /** Answers that wait for their clients. */
  readonly stalled: StalledAnswers
}

/** Wires the query APIs together. They hold nothing that has to be closed. */
export function createQuerySide({
  config,
  store,
  metrics,
  logger,
  sampling,
  status,
  dropped,
  decodeOtlpJson,
}: QuerySideOptions): QuerySide {
  const stalled = new StalledAnswers(
    {
      stalledAfterMs: config['search.stalled-after'],
      stalledMax: config['search.max-stalled'],
    },
    metrics,
  )
  const onRefused = (): void => stalled.press()
  const searchLimit = { searchesMax: config['search.max-concurrent'], metrics, onRefused }
  const gate = new SearchGate(searchLimit)
  const limited = limitSearches(store, searchLimit, gate)
  const hasArchive = config['store.archive'] === 'on'
  const searched = hasArchive ? readArchived(limited) : { ...limited, archive: undefined }
  const shown = adjustTraces(searched, {
    skewMaxMs: config['query.max-clock-skew'],
    spansMax: config['query.max-adjusted-spans'],
    heldInAllMax: config['query.max-adjusting-size'],
    shownSpansMax: config['query.max-trace-spans'],
    dropped,
    metrics,
  })
  const answering = { metrics, logger, stalled }
  const texts = createTextSearches({
    store,
    gate,
    retentionMs: config['store.retention'],
    bounds: {
      candidatesMax: config['search.max-candidates'],
      traceSpansMax: config['search.max-trace-spans'],
      traceBytesMax: config['search.max-trace-bytes'],
      timeMaxMs: config['search.max-time'],
    },
  })
  const byText = createTraceSearchService({ ...answering, texts })
  const api = createHttpApi({
    store: searched,
    shown,
    texts,
    sampling,
    status,
    decodeOtlpJson,
    allowedOrigins: listOf(config['query.http.cors.allowed-origins']),
    basePath: basePathOf(config['query.http.base-path']),
    metrics,
  })
  const services = [
    ...createQueryServices({ ...answering, store: searched, shown }),
    byText,
    createStatusService({ ...answering, view: status }),
  ]
  // What a Jaeger in front adjusts, and archives, it does itself.
  const storage = createStorageServices({ ...answering, store: limited })
  return { services, storage, api, stalled }
}
