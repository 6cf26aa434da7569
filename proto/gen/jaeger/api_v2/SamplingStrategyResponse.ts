// Original file: proto/jaeger/api_v2/sampling.proto

import type { SamplingStrategyType as _jaeger_api_v2_SamplingStrategyType, SamplingStrategyType__Output as _jaeger_api_v2_SamplingStrategyType__Output } from '../../jaeger/api_v2/SamplingStrategyType.ts';
import type { ProbabilisticSamplingStrategy as _jaeger_api_v2_ProbabilisticSamplingStrategy, ProbabilisticSamplingStrategy__Output as _jaeger_api_v2_ProbabilisticSamplingStrategy__Output } from '../../jaeger/api_v2/ProbabilisticSamplingStrategy.ts';
import type { RateLimitingSamplingStrategy as _jaeger_api_v2_RateLimitingSamplingStrategy, RateLimitingSamplingStrategy__Output as _jaeger_api_v2_RateLimitingSamplingStrategy__Output } from '../../jaeger/api_v2/RateLimitingSamplingStrategy.ts';
import type { PerOperationSamplingStrategies as _jaeger_api_v2_PerOperationSamplingStrategies, PerOperationSamplingStrategies__Output as _jaeger_api_v2_PerOperationSamplingStrategies__Output } from '../../jaeger/api_v2/PerOperationSamplingStrategies.ts';

export interface SamplingStrategyResponse {
  'strategyType'?: (_jaeger_api_v2_SamplingStrategyType);
  'probabilisticSampling'?: (_jaeger_api_v2_ProbabilisticSamplingStrategy | null);
  'rateLimitingSampling'?: (_jaeger_api_v2_RateLimitingSamplingStrategy | null);
  'operationSampling'?: (_jaeger_api_v2_PerOperationSamplingStrategies | null);
}

export interface SamplingStrategyResponse__Output {
  'strategyType': (_jaeger_api_v2_SamplingStrategyType__Output);
  'probabilisticSampling': (_jaeger_api_v2_ProbabilisticSamplingStrategy__Output | null);
  'rateLimitingSampling': (_jaeger_api_v2_RateLimitingSamplingStrategy__Output | null);
  'operationSampling': (_jaeger_api_v2_PerOperationSamplingStrategies__Output | null);
}
