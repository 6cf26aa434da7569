import type { GrpcService } from '../transport/grpc-service.ts'
import type { HttpRoute } from '../transport/http-route.ts'
import { readBaggageRestrictions } from './baggage-restrictions.ts'
import type { FileStrategiesOptions } from './file-strategies.ts'
import { FileStrategies } from './file-strategies.ts'
import { agentRoutes, collectorSamplingRoute } from './sampling-routes.ts'
import { samplingService } from './sampling-service.ts'
import { StrategyAnswers } from './strategy-answers.ts'

/** What sampling is made of. */
export interface SamplingOptions extends FileStrategiesOptions {
  /** Entries `key:length`; empty for no answer about baggage. */
  readonly baggageRestrictions: readonly string[]
}

/** What clients ask about sampling, for the ports of the gateway. */
export interface Sampling {
  /** @param listener label of the port in metrics */
  service(listener: string): GrpcService
  /** Of port 5778. */
  readonly agentRoutes: readonly HttpRoute[]
  /** Of port 14268. */
  readonly collectorRoute: HttpRoute
  /** Looks at the strategies no more; safe to call twice. */
  close(): Promise<void>
}

/**
 * Reads the strategies for the first time.
 *
 * @throws GatewayError bad_settings
 */
export async function openSampling(options: SamplingOptions): Promise<Sampling> {
  const restrictions = readBaggageRestrictions(options.baggageRestrictions)
  const strategies = await FileStrategies.open(options)
  const answers = new StrategyAnswers(strategies, options.metrics)
  return {
    service: (listener) => samplingService(answers, listener),
    agentRoutes: agentRoutes(answers, restrictions),
    collectorRoute: collectorSamplingRoute(answers),
    close: () => strategies.close(),
  }
}
