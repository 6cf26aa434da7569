import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import type { CapabilitiesDefinition } from '../../../proto/gen/jaeger/storage/v2/Capabilities.ts'
import type { DependencyReaderDefinition } from '../../../proto/gen/jaeger/storage/v2/DependencyReader.ts'
import type { TraceReaderDefinition } from '../../../proto/gen/jaeger/storage/v2/TraceReader.ts'
import { operators } from '../../ports/span-query.ts'
import type { SpanStore } from '../../ports/span-store.ts'
import { tracePartBytesMax } from '../../ports/span-store.ts'
import { queryLimitDefaults } from '../../search/query-limits.ts'
import { newestMatchOrder, searchOrderKey } from '../../search/told-order.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import { getDependencies, getOperations, getServices } from '../jaeger-services.ts'
import type { Serving } from '../serve-method.ts'
import { bytesDefinition, serveStream, serveUnary } from '../serve-method.ts'
import { foundTraces } from '../trace-responses.ts'
import { foundIds, foundSummaries, tracesByIds } from './found.ts'
import { readStorageQuery, readTraceRefs } from './read-storage-query.ts'

/** What the services read from, and their limits. */
export interface StorageServicesOptions extends Serving {
  /** Traces as they are stored. */
  readonly store: SpanStore
  readonly tenant?: string
  /** Most traces that one search may ask for. */
  readonly searchDepthMax?: number
}

const levels = ['span', 'resource', 'scope', 'event', 'link']

/**
 * jaeger.storage.v2: the store for a Jaeger 2 that has it as its remote storage. Spans go out as the bytes in
 * which they are stored, nothing adjusted: that is Jaeger's. Written spans come by OTLP, which is a
 * receiver's.
 *
 * Source: jaeger-idl, proto/storage/v2; docs/differences.md.
 */
export function createStorageServices(options: StorageServicesOptions): GrpcService[] {
  return [traceReader(options), dependencyReader(options), capabilities(options)]
}

function traceReader(options: StorageServicesOptions): GrpcService {
  const { store, tenant = '', searchDepthMax = queryLimitDefaults.tracesMax } = options
  const definition = loadServiceDefinition<TraceReaderDefinition>('jaeger.storage.v2.TraceReader')
  const source = (signal: AbortSignal) => ({ store, tenant, encodePart, signal })
  const implementation: UntypedServiceImplementation = {
    GetTraces: serveStream(options, definition.GetTraces, (request, signal) => {
      return tracesByIds(source(signal), readTraceRefs(request.query, searchDepthMax))
    }),
    FindTraces: serveStream(options, definition.FindTraces, ({ query }, signal) => {
      return foundTraces(source(signal), readStorageQuery(query, searchDepthMax))
    }),
    FindTraceIDs: serveUnary(
      options,
      definition.FindTraceIDs,
      async ({ query }, report, signal) => {
        const search = readStorageQuery(query, searchDepthMax)
        const { traceIds, bound } = await foundIds(store.find(tenant, search, signal))
        report(bound)
        return { traceIds: traceIds.map((traceId) => ({ traceId })) }
      },
    ),
    FindTraceSummaries: serveStream(options, definition.FindTraceSummaries, (request, signal) => {
      const search = readStorageQuery(request.query, searchDepthMax)
      const encode = definition.FindTraceSummaries.responseSerialize
      return foundSummaries(store.summaries(tenant, search, signal), encode)
    }),
    GetServices: serveUnary(options, definition.GetServices, getServices({ store, tenant })),
    GetOperations: serveUnary(options, definition.GetOperations, getOperations({ store, tenant })),
  }
  return { definition: bytesDefinition(definition), implementation }
}

function dependencyReader(options: StorageServicesOptions): GrpcService {
  const { store, tenant = '' } = options
  const definition = loadServiceDefinition<DependencyReaderDefinition>(
    'jaeger.storage.v2.DependencyReader',
  )
  const implementation = {
    GetDependencies: serveUnary(
      options,
      definition.GetDependencies,
      getDependencies({ store, tenant }),
    ),
  }
  return { definition: bytesDefinition(definition), implementation }
}

function capabilities(options: StorageServicesOptions): GrpcService {
  const definition = loadServiceDefinition<CapabilitiesDefinition>('jaeger.storage.v2.Capabilities')
  const { cannot } = options.store
  const missing = new Set<string>([
    ...(cannot.has('regular_expressions') ? ['regex'] : []),
    ...(cannot.has('negation') ? ['not', 'ne', 'not_in'] : []),
  ])
  const answer = {
    search: {
      withoutServiceName: !cannot.has('any_service'),
      sameSpanConjunction: true,
      filter: { levels, operators: operators.filter((operator) => !missing.has(operator)) },
    },
  }
  const implementation = {
    GetCapabilities: serveUnary(options, definition.GetCapabilities, async () => answer, {
      [searchOrderKey]: newestMatchOrder,
    }),
  }
  return { definition: bytesDefinition(definition), implementation }
}

function encodePart(part: SpanBatch): Iterable<Uint8Array> {
  return splitTracesData(part, tracePartBytesMax)
}
