import { GatewayError } from '../errors/gateway-error.ts'
import type { SamplingStore } from '../ports/sampling-store.ts'
import type { SamplingView } from '../ports/sampling-view.ts'
import type { SpanSink } from '../ports/span-sink.ts'
import type { GrpcService } from '../transport/grpc-service.ts'
import type { HttpRouter } from '../transport/http-route.ts'
import type { AdaptiveOptions } from './adaptive/adaptive-strategies.ts'
import { AdaptiveStrategies } from './adaptive/adaptive-strategies.ts'
import { recent } from './adaptive/exposure-rows.ts'
import { observeRoots } from './adaptive/observe-roots.ts'
import { readBaggageRestrictions } from './baggage-restrictions.ts'
import type { FileStrategiesOptions } from './file-strategies.ts'
import { FileStrategies } from './file-strategies.ts'
import { FileView } from './file-view.ts'
import { agentRouter, collectorSamplingRouter } from './sampling-routes.ts'
import { samplingService } from './sampling-service.ts'
import { StrategyAnswers } from './strategy-answers.ts'

/** Intervals that wait: the leader has all of them in memory. */
const delayMax = 8

/** What sampling is made of. */
export interface SamplingOptions extends FileStrategiesOptions {
  /** Entries `key:length`; empty for no answer about baggage. */
  readonly baggageRestrictions: readonly string[]
  /** Strategies follow what is observed, in place of a document. */
  readonly adaptive: Omit<AdaptiveOptions, 'store' | 'metrics' | 'logger'> | undefined
  /** Where adaptive strategies are kept; closed with them. */
  readonly openStore: () => Promise<SamplingStore>
}

/** What clients ask about sampling, for the ports of the gateway. */
export interface Sampling {
  /** @param listener label of the port in metrics */
  service(listener: string): GrpcService
  /** Of port 5778. */
  readonly agentRouter: HttpRouter
  /** Of port 14268. */
  readonly collectorRouter: HttpRouter
  /** What people may look at. */
  readonly view: SamplingView
  /** About what shares that adapt take, outside of V8's heap. */
  keptBytes(): number
  /** The sink that receivers hand spans to; it looks at them where strategies are adaptive. */
  observed(sink: SpanSink): SpanSink
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
  const { adaptive, metrics, logger } = options
  if (adaptive !== undefined && options.location !== undefined) {
    const state = 'sampling.mode is adaptive, must be file'
    throw new GatewayError('bad_settings', `Cannot use sampling.strategies: ${state}`)
  }
  if (adaptive !== undefined && adaptive.pollSeconds > adaptive.intervalSeconds * recent) {
    const is = `is ${adaptive.pollSeconds} s, must be at most ${recent} x sampling.adaptive.interval`
    const state = `${is}, ${adaptive.intervalSeconds * recent} s`
    throw new GatewayError('bad_settings', `Cannot use sampling.adaptive.poll-interval: ${state}`)
  }
  if (adaptive !== undefined && adaptive.delayMs > adaptive.intervalSeconds * 1000 * delayMax) {
    const most = `${delayMax} x sampling.adaptive.interval, ${adaptive.intervalSeconds * delayMax} s`
    const state = `is ${adaptive.delayMs / 1000} s, must be at most ${most}`
    throw new GatewayError('bad_settings', `Cannot use sampling.adaptive.delay: ${state}`)
  }
  const adapting =
    adaptive &&
    (await AdaptiveStrategies.open({
      ...adaptive,
      store: await options.openStore(),
      metrics,
      logger,
    }))
  const document = adapting === undefined ? await FileStrategies.open(options) : undefined
  const answers = new StrategyAnswers(adapting ?? (document as FileStrategies), metrics)
  return {
    service: (listener) => samplingService(answers, listener),
    agentRouter: agentRouter(answers, restrictions),
    collectorRouter: collectorSamplingRouter(answers),
    view: adapting ?? new FileView(document as FileStrategies),
    keptBytes: () => adapting?.keptBytes() ?? 0,
    observed: (sink) => (adapting === undefined ? sink : observeRoots(sink, adapting.observe)),
    close: async () => {
      await adapting?.close()
      await document?.close()
    },
  }
}
