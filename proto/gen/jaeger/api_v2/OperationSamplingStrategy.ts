// Original file: proto/jaeger/api_v2/sampling.proto

import type { ProbabilisticSamplingStrategy as _jaeger_api_v2_ProbabilisticSamplingStrategy, ProbabilisticSamplingStrategy__Output as _jaeger_api_v2_ProbabilisticSamplingStrategy__Output } from '../../jaeger/api_v2/ProbabilisticSamplingStrategy.ts';

export interface OperationSamplingStrategy {
  'operation'?: (string);
  'probabilisticSampling'?: (_jaeger_api_v2_ProbabilisticSamplingStrategy | null);
}

export interface OperationSamplingStrategy__Output {
  'operation': (string);
  'probabilisticSampling': (_jaeger_api_v2_ProbabilisticSamplingStrategy__Output | null);
}
