import type { Attributes } from '@opentelemetry/api'
import type { SamplingStrategy } from '../jaeger-sampling/strategy.ts'
import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import { isKept, thresholdDigits, thresholdOf } from './probability-threshold.ts'
import { TokenBucket } from './token-bucket.ts'

/** What becomes of a root span. */
export interface RootDecision {
  readonly isSampled: boolean
  /** The share by which it was kept, as `th` has it; undefined where it was kept for another reason. */
  readonly threshold: string | undefined
  /** Jaeger's `sampler.type` and `sampler.param` of a span that is kept. */
  readonly attributes: Attributes | undefined
}

const dropped: RootDecision = { isSampled: false, threshold: undefined, attributes: undefined }

/** A share and what a span that it keeps is told. */
interface Share {
  readonly threshold: SamplingThreshold | undefined
  readonly kept: RootDecision
}

/** What the rules are kept within. */
export interface RulesLimits {
  /** Operations with a lower bound of their own; the rest share one. */
  readonly operationsMax: number
}

/**
 * A strategy as decisions on root spans: the share of the operation, by consistent probability; if that keeps
 * nothing, its lower bound; or the rate of a service without operations.
 *
 * `defaultUpperBoundTracesPerSecond` is not heeded, as in most clients: what it would leave out of a share
 * could not be told by `th`.
 *
 * Source: jaeger documentation, sampling, remote sampling; OpenTelemetry specification,
 * trace/tracestate-probability-sampling.md.
 */
export class SamplingRules {
  readonly #limits: RulesLimits
  readonly #listed = new Map<string, Share>()
  /** Of what is not listed; undefined where a rate decides. */
  readonly #others: Share | undefined
  readonly #rate: TokenBucket | undefined
  readonly #keptByRate: RootDecision
  readonly #lowerBound: number
  readonly #keptByBound: RootDecision
  readonly #buckets: Map<string, TokenBucket>
  readonly #shared: TokenBucket

  /** @param previous whose buckets go on where their rates are the same, so that none is full again */
  constructor(
    strategy: SamplingStrategy,
    limits: RulesLimits,
    nowMs: number,
    previous?: SamplingRules,
  ) {
    const { service, operations } = strategy
    this.#limits = limits
    const perSecond = service.kind === 'ratelimiting' ? service.tracesPerSecond : 0
    if (operations === undefined && service.kind === 'ratelimiting') {
      const before = previous === undefined ? undefined : previous.#rate
      this.#rate = before?.perSecond === perSecond ? before : new TokenBucket(perSecond, nowMs)
    } else {
      const probability = service.kind === 'probabilistic' ? service.probability : 0
      this.#others = shareOf(operations?.defaultProbability ?? probability)
    }
    this.#keptByRate = keptBy('ratelimiting', perSecond)
    for (const { operation, probability } of operations?.listed ?? []) {
      this.#listed.set(operation, shareOf(probability))
    }
    this.#lowerBound = operations?.lowerBoundPerSecond ?? 0
    this.#keptByBound = keptBy('lowerbound', this.#lowerBound)
    const goesOn = previous !== undefined && previous.#lowerBound === this.#lowerBound
    this.#buckets = goesOn ? previous.#buckets : new Map()
    this.#shared = goesOn ? previous.#shared : new TokenBucket(this.#lowerBound, nowMs)
  }

  /** Decides on a root span of an operation. */
  decide(operation: string, randomness: SamplingThreshold, nowMs: number): RootDecision {
    if (this.#rate !== undefined) return this.#rate.take(nowMs) ? this.#keptByRate : dropped
    const share = this.#listed.get(operation) ?? this.#others
    if (share === undefined) return dropped
    // What the share keeps counts for the lower bound, so that only rare operations need it.
    const isInBound = this.#lowerBound > 0 && this.#bucketOf(operation, nowMs).take(nowMs)
    if (share.threshold !== undefined && isKept(randomness, share.threshold)) return share.kept
    return isInBound ? this.#keptByBound : dropped
  }

  #bucketOf(operation: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(operation)
    if (known !== undefined) return known
    if (this.#buckets.size >= this.#limits.operationsMax) return this.#shared
    const bucket = new TokenBucket(this.#lowerBound, nowMs)
    this.#buckets.set(operation, bucket)
    return bucket
  }
}

function shareOf(probability: number): Share {
  const threshold = thresholdOf(probability)
  const digits = threshold === undefined ? undefined : thresholdDigits(threshold)
  return { threshold, kept: keptBy('probabilistic', probability, digits) }
}

function keptBy(type: string, param: number, threshold?: string): RootDecision {
  const attributes = Object.freeze({ 'sampler.type': type, 'sampler.param': param })
  return { isSampled: true, threshold, attributes }
}
