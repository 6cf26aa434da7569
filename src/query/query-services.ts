import type { QueryServiceDefinition as QueryServiceV2 } from '../../proto/gen/jaeger/api_v2/QueryService.ts'
import type { QueryServiceDefinition as QueryServiceV3 } from '../../proto/gen/jaeger/api_v3/QueryService.ts'
import type { SpanStore } from '../ports/span-store.ts'
import { queryLimitDefaults } from '../search/query-limits.ts'
import type { GrpcService } from '../transport/grpc-service.ts'
import { loadServiceDefinition } from '../transport/service-definitions.ts'
import { createQueryServiceV2 } from './api-v2/query-service.ts'
import { createQueryServiceV3 } from './api-v3/query-service.ts'
import type { Serving } from './serve-method.ts'
import { bytesDefinition } from './serve-method.ts'

/** What the query services read from, and what they report to. */
export interface QueryServicesOptions extends Serving {
  /** Traces as they are stored. */
  readonly store: SpanStore
  /** Traces as they are shown unless a request asks for them raw; those that are stored by default. */
  readonly shown?: SpanStore
  /** Whose spans are read. */
  readonly tenant?: string
  /** Most traces that one search may ask for; the store has the same limit. */
  readonly searchDepthMax?: number
}

/** Both query services over one store. They hold nothing that has to be closed. */
export function createQueryServices(options: QueryServicesOptions): GrpcService[] {
  const { store, metrics, logger, stalled } = options
  const shared = {
    store,
    shown: options.shown ?? store,
    tenant: options.tenant ?? '',
    searchDepthMax: options.searchDepthMax ?? queryLimitDefaults.tracesMax,
    serving: { metrics, logger, stalled },
  }
  const v2 = loadServiceDefinition<QueryServiceV2>('jaeger.api_v2.QueryService')
  const v3 = loadServiceDefinition<QueryServiceV3>('jaeger.api_v3.QueryService')
  return [
    {
      definition: bytesDefinition(v2),
      implementation: createQueryServiceV2({ ...shared, definition: v2 }),
    },
    {
      definition: bytesDefinition(v3),
      implementation: createQueryServiceV3({ ...shared, definition: v3 }),
    },
  ]
}
