// Original file: proto/jaeger/api_v2/sampling.proto

export const SamplingStrategyType = {
  PROBABILISTIC: 'PROBABILISTIC',
  RATE_LIMITING: 'RATE_LIMITING',
} as const;

export type SamplingStrategyType =
  | 'PROBABILISTIC'
  | 0
  | 'RATE_LIMITING'
  | 1

export type SamplingStrategyType__Output = typeof SamplingStrategyType[keyof typeof SamplingStrategyType]
