import type { Logger } from 'pino'
import { microsOfNano } from '../../../bridge/model/micros.ts'
import type { Timestamp__Output } from '../../../proto/gen/google/protobuf/Timestamp.ts'
import type { FindTracesRequest__Output } from '../../../proto/gen/spangate/v1/FindTracesRequest.ts'
import type { TraceSearchServiceDefinition } from '../../../proto/gen/spangate/v1/TraceSearchService.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SpanStore } from '../../ports/span-store.ts'
import { resultFilter } from '../../search/text/candidate-filters.ts'
import { compileText } from '../../search/text/compile-query.ts'
import { parseName } from '../../search/text/parse-name.ts'
import { searchText } from '../../search/text/search-text.ts'
import type { TextSearchBounds } from '../../search/text/text-bounds.ts'
import type { TextSearch } from '../../search/text/text-search.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import { badField } from '../bad-field.ts'
import { boundedList } from '../bounded-list.ts'
import type { SearchGate } from '../limit-searches.ts'
import { nanoOfTimestamp } from '../read-time.ts'
import { bytesDefinition, serveStream, serveUnary } from '../serve-method.ts'
import type { StalledAnswers } from '../stalled-answers.ts'
import { countNames, countValues, sampleQuery } from './attribute-sample.ts'
import { foundTraces } from './found-traces.ts'
import { wireValue } from './wire-value.ts'

/** What the service searches, and its limits. */
export interface TraceSearchOptions {
  /** Without a limit of its own on searches: a search by text counts as one, whatever it asks the store. */
  readonly store: Pick<SpanStore, 'find'>
  readonly gate: Pick<SearchGate, 'run'>
  readonly tenant?: string
  readonly retentionMs: number
  readonly bounds: TextSearchBounds
  readonly metrics: Pick<Metrics, 'record'>
  readonly logger: Logger
  readonly stalled: StalledAnswers
}

/** Traces, spans of each, and names or values, when a request does not say. */
const defaults = { traces: 20, spans: 3, list: 100 } as const
/** The most that a request may ask for. */
const most = { spans: 1000, list: 10_000, answerSpans: 50_000 } as const

/**
 * spangate.v1.TraceSearchService: traces by query text, names and values for completion. It holds
 * nothing that has to be closed.
 */
export function createTraceSearchService(options: TraceSearchOptions): GrpcService {
  const { store, gate, tenant = '', retentionMs, bounds } = options
  const definition = loadServiceDefinition<TraceSearchServiceDefinition>(
    'spangate.v1.TraceSearchService',
  )
  const sampled = (request: SampleRequest, signal: AbortSignal) => {
    const query = sampleQuery(readSample(request))
    return gate.run(() => store.find(tenant, query, signal))
  }
  const implementation = {
    FindTraces: serveStream(options, definition.FindTraces, (request, signal) => {
      const search = readSearch(request, bounds.candidatesMax)
      const reading = { store, tenant, retentionMs, bounds, signal }
      const encode = definition.FindTraces.responseSerialize
      return foundTraces(
        gate.run(() => searchText(search, reading)),
        encode,
      )
    }),
    ListAttributeNames: serveUnary(
      options,
      definition.ListAttributeNames,
      async (request, report, signal) => {
        const limit = readLimit(request.limit, 'limit', defaults.list, most.list)
        const { items, traceCount, bound } = await countNames(sampled(request, signal))
        const { kept, bound: cut } = boundedList(items.slice(0, limit), ({ item }) => item)
        report(bound ?? cut)
        return { names: kept.map(({ item, spanCount }) => ({ name: item, spanCount })), traceCount }
      },
    ),
    ListAttributeValues: serveUnary(
      options,
      definition.ListAttributeValues,
      async (request, report, signal) => {
        if (request.name === '') throw badField('name', 'is required')
        const limit = readLimit(request.limit, 'limit', defaults.list, most.list)
        const reference = parseName(request.name)
        const { items, traceCount, bound } = await countValues(sampled(request, signal), reference)
        const shown = items.slice(0, limit).map(({ item, spanCount }) => ({
          value: wireValue(item),
          spanCount,
        }))
        const { kept, bound: cut } = boundedList(shown, ({ value }) => JSON.stringify(value))
        report(bound ?? cut)
        return { values: [...kept], traceCount }
      },
    ),
  }
  return { definition: bytesDefinition(definition), implementation }
}

function readSearch(request: FindTracesRequest__Output, tracesMax: number): TextSearch {
  if (request.query === '') throw badField('query', 'is required')
  const limit = readLimit(request.limit, 'limit', defaults.traces, tracesMax)
  const spansMax = readLimit(request.spansPerTrace, 'spans_per_trace', defaults.spans, most.spans)
  if (limit * spansMax > most.answerSpans) {
    const state = `is ${spansMax} of ${limit} traces, must be at most ${most.answerSpans} in all`
    throw badField('spans_per_trace', state)
  }
  return { compiled: compileText(request.query), ...readWindow(request), limit, spansMax }
}

interface Window {
  readonly startTimeMin: Timestamp__Output | null
  readonly startTimeMax: Timestamp__Output | null
}

interface SampleRequest extends Window {
  readonly query: string
}

function readSample(request: SampleRequest): Omit<SpanQuery, 'limit'> {
  const filter = request.query === '' ? undefined : resultFilter(compileText(request.query).spanset)
  return { ...readWindow(request), ...(filter && { filter }) }
}

/** Compares whole microseconds, as the search itself does. */
function readWindow({ startTimeMin, startTimeMax }: Window): {
  minMicros?: number
  maxMicros?: number
} {
  const min = nanoOfTimestamp(startTimeMin, 'start_time_min')
  const max = nanoOfTimestamp(startTimeMax, 'start_time_max')
  if (min !== undefined && max !== undefined && min / 1000n >= max / 1000n) {
    throw badField('start_time_max', 'is not after start_time_min, must be later by at least 1 µs')
  }
  return {
    ...(min !== undefined && { minMicros: microsOfNano(min) }),
    ...(max !== undefined && { maxMicros: microsOfNano(max) }),
  }
}

function readLimit(value: number, field: string, standard: number, max: number): number {
  if (value < 0 || value > max) throw badField(field, `is ${value}, must be 0 to ${max}`)
  return value === 0 ? Math.min(standard, max) : value
}
