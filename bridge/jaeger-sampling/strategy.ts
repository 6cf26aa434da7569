/** What a service is told to sample, as the messages of jaeger.api_v2.SamplingManager have it. */
export interface SamplingStrategy {
  /** What holds for the whole service where `operations` is absent. */
  readonly service: ServiceRule
  /** Wins over `service` in clients that know operations. */
  readonly operations: OperationRules | undefined
}

/** A share of all traces, or so many of them in each process. */
export type ServiceRule =
  | {
      readonly kind: 'probabilistic'
      /** 0 to 1. */
      readonly probability: number
    }
  | {
      readonly kind: 'ratelimiting'
      /** A whole number from 0 to 2^31 - 1. */
      readonly tracesPerSecond: number
    }

/** Shares by operation, and what holds for operations that are not listed. */
export interface OperationRules {
  /** Of operations that are not listed, 0 to 1. */
  readonly defaultProbability: number
  /** Traces a second of each operation and process that are kept whatever its share says. */
  readonly lowerBoundPerSecond: number
  /** Most traces a second; 0 is no bound. */
  readonly upperBoundPerSecond: number
  readonly listed: readonly OperationRule[]
}

/** The share of one operation. */
export interface OperationRule {
  /** Compared exactly. */
  readonly operation: string
  /** 0 to 1. */
  readonly probability: number
}

/** Largest `tracesPerSecond`: an int32 on the wire. */
export const tracesPerSecondMax = 2 ** 31 - 1
