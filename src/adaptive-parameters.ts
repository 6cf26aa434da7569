import type { Config } from './config/settings.ts'
import type { AdaptiveOptions } from './sampling/adaptive/adaptive-strategies.ts'

/** What adaptive sampling takes from the settings; bench/ simulates with the same. */
export function adaptiveParameters(
  config: Config,
): Omit<AdaptiveOptions, 'store' | 'metrics' | 'logger'> {
  return {
    targetPerSecond: config['sampling.adaptive.target-rate'],
    tolerance: config['sampling.adaptive.tolerance'],
    intervalSeconds: config['sampling.adaptive.interval'] / 1000,
    pollSeconds: config['sampling.adaptive.poll-interval'] / 1000,
    delayMs: config['sampling.adaptive.delay'],
    buckets: config['sampling.adaptive.buckets'],
    initialProbability: config['sampling.default-probability'],
    minProbability: Math.max(config['sampling.adaptive.min-probability'], 1e-9),
    unknownProbabilityMax: config['sampling.adaptive.max-unknown-probability'],
    lowerBoundPerSecond: config['sampling.adaptive.min-rate'],
    forgetSeconds: config['sampling.adaptive.forget-after'] / 1000,
    leaseMs: config['sampling.adaptive.lease'],
    servicesMax: config['sampling.adaptive.max-services'],
    operationsMax: config['sampling.adaptive.max-operations'],
    metricOperationsMax: config['sampling.adaptive.max-metric-operations'],
  }
}
