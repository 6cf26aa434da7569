import type { Timestamp__Output } from '../../../proto/gen/google/protobuf/Timestamp.ts'
import type { TraceSearchServiceDefinition } from '../../../proto/gen/spangate/v1/TraceSearchService.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import { nanoOfTimestamp } from '../read-time.ts'
import type { Serving } from '../serve-method.ts'
import { bytesDefinition, serveStream, serveUnary } from '../serve-method.ts'
import type { TextSearches } from '../text-searches.ts'
import { foundTraces } from './found-traces.ts'
import { listNames, listValues } from './list-attributes.ts'
import type { TextNames, TextWindow } from './read-text-search.ts'
import { readTextSearch } from './read-text-search.ts'
import { wireValue } from './wire-value.ts'

/** What the service searches. */
export interface TraceSearchOptions extends Serving {
  readonly texts: TextSearches
}

const names: TextNames = {
  query: 'query',
  limit: 'limit',
  spansPerTrace: 'spans_per_trace',
  min: 'start_time_min',
  max: 'start_time_max',
}

/**
 * spangate.v1.TraceSearchService: traces by query text, names and values for completion. It holds
 * nothing that has to be closed.
 */
export function createTraceSearchService(options: TraceSearchOptions): GrpcService {
  const { texts } = options
  const definition = loadServiceDefinition<TraceSearchServiceDefinition>(
    'spangate.v1.TraceSearchService',
  )
  const implementation = {
    FindTraces: serveStream(options, definition.FindTraces, (request, signal) => {
      const asked = { ...request, ...windowOf(request) }
      const search = readTextSearch(asked, names, texts.candidatesMax)
      const encode = definition.FindTraces.responseSerialize
      return foundTraces(texts.find(search, signal), encode)
    }),
    ListAttributeNames: serveUnary(
      options,
      definition.ListAttributeNames,
      async (request, report, signal) => {
        const asked = { ...request, ...windowOf(request) }
        const { items, traceCount, bound } = await listNames(texts, asked, names, signal)
        report(bound)
        return {
          names: items.map(({ item, spanCount }) => ({ name: item, spanCount })),
          traceCount,
        }
      },
    ),
    ListAttributeValues: serveUnary(
      options,
      definition.ListAttributeValues,
      async (request, report, signal) => {
        const asked = { ...request, ...windowOf(request) }
        const { items, traceCount, bound } = await listValues(texts, asked, names, signal)
        report(bound)
        return {
          values: items.map(({ item, spanCount }) => ({ value: wireValue(item), spanCount })),
          traceCount,
        }
      },
    ),
  }
  return { definition: bytesDefinition(definition), implementation }
}

interface WireWindow {
  readonly startTimeMin: Timestamp__Output | null
  readonly startTimeMax: Timestamp__Output | null
}

function windowOf({ startTimeMin, startTimeMax }: WireWindow): TextWindow {
  return {
    minNano: nanoOfTimestamp(startTimeMin, names.min),
    maxNano: nanoOfTimestamp(startTimeMax, names.max),
  }
}
