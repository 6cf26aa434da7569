import type { Logger } from 'pino'
import type { SamplingStrategy } from '../../../bridge/jaeger-sampling/strategy.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { ServedStrategies, StrategySource } from '../strategies.ts'
import type { Share, Shares } from './calculate-shares.ts'
import { calculateShares } from './calculate-shares.ts'
import type { RootObserver } from './observe-roots.ts'
import type { AdaptiveParameters } from './parameters.ts'
import type { Bucket, ThroughputLimits } from './throughput.ts'
import { Throughput } from './throughput.ts'

/** What adaptive strategies are made of. */
export interface AdaptiveOptions extends AdaptiveParameters, ThroughputLimits {
  readonly metrics: Pick<Metrics, 'add' | 'observe'>
  readonly logger: Logger
}

interface Ended {
  readonly endMs: number
  readonly bucket: Bucket
}

/** Strategies that follow what is observed: of each operation so many traces a second. */
export class AdaptiveStrategies implements StrategySource {
  readonly #options: AdaptiveOptions
  readonly #throughput: Throughput
  readonly #timer: NodeJS.Timeout
  /** The newest first. */
  #ended: readonly Ended[] = []
  #shares: Shares = new Map()
  #current: ServedStrategies

  constructor(options: AdaptiveOptions) {
    this.#options = options
    const { metrics } = options
    const dropped = () =>
      metrics.add('spangate_sampling_roots_total', 1, { kept_by: 'not_counted' })
    this.#throughput = new Throughput(options, dropped)
    this.#current = served(this.#shares, options)
    this.#timer = setInterval(() => this.calculate(performance.now()), options.intervalMs).unref()
    metrics.observe('spangate_sampling_services', () => [{ value: this.#shares.size, labels: {} }])
    metrics.observe('spangate_sampling_operations', () => [
      { value: [...this.#shares.values()].reduce((sum, own) => sum + own.size, 0), labels: {} },
    ])
  }

  get current(): ServedStrategies {
    return this.#current
  }

  /**
   * Counts a root span. One that does not tell why it was kept, as those of most of OpenTelemetry's SDKs, is
   * taken for kept by the share that its operation has now.
   */
  readonly observe: RootObserver = (service, operation, keptBy) => {
    const known = keptBy ?? {
      kind: 'share',
      probability:
        this.#shares.get(service)?.get(operation)?.probability ?? this.#options.initialProbability,
    }
    const label = keptBy === undefined ? 'untold' : keptBy.kind
    this.#options.metrics.add('spangate_sampling_roots_total', 1, { kept_by: label })
    this.#throughput.observe(service, operation, known)
  }

  /** Ends a bucket and calculates shares; the timer does it. @param nowMs by a monotonic clock */
  calculate(nowMs: number): void {
    const { delayMs, buckets, logger } = this.#options
    const ended = [{ endMs: nowMs, bucket: this.#throughput.take() }, ...this.#ended]
    const isOld = ({ endMs }: Ended) => nowMs - endMs >= delayMs
    const old = ended.filter(isOld).slice(0, buckets)
    this.#ended = [...ended.filter((one) => !isOld(one)), ...old.slice(0, buckets - 1)]
    const counted = old.map(({ bucket }) => bucket)
    this.#shares = calculateShares(this.#shares, counted, this.#options)
    this.#current = served(this.#shares, this.#options)
    logger.debug({ services: this.#shares.size }, 'shares calculated')
  }

  /** Calculates no more; safe to call twice. */
  close(): void {
    clearInterval(this.#timer)
  }
}

/** Services without shares get an empty list, so that their clients keep rare operations too. */
function served(
  shares: Shares,
  { initialProbability, minPerSecond }: AdaptiveParameters,
): ServedStrategies {
  const strategyOf = (own: ReadonlyMap<string, Share>): SamplingStrategy => ({
    service: { kind: 'probabilistic', probability: initialProbability },
    operations: {
      defaultProbability: initialProbability,
      lowerBoundPerSecond: minPerSecond,
      upperBoundPerSecond: 0,
      listed: Array.from(own, ([operation, { probability }]) => ({ operation, probability })),
    },
  })
  return {
    byService: new Map(Array.from(shares, ([service, own]) => [service, strategyOf(own)])),
    byDefault: strategyOf(new Map()),
  }
}
