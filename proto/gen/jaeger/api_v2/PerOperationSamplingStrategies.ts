// Original file: proto/jaeger/api_v2/sampling.proto

import type { OperationSamplingStrategy as _jaeger_api_v2_OperationSamplingStrategy, OperationSamplingStrategy__Output as _jaeger_api_v2_OperationSamplingStrategy__Output } from '../../jaeger/api_v2/OperationSamplingStrategy.ts';

export interface PerOperationSamplingStrategies {
  'defaultSamplingProbability'?: (number | string);
  'defaultLowerBoundTracesPerSecond'?: (number | string);
  'perOperationStrategies'?: (_jaeger_api_v2_OperationSamplingStrategy)[];
  'defaultUpperBoundTracesPerSecond'?: (number | string);
}

export interface PerOperationSamplingStrategies__Output {
  'defaultSamplingProbability': (number);
  'defaultLowerBoundTracesPerSecond': (number);
  'perOperationStrategies': (_jaeger_api_v2_OperationSamplingStrategy__Output)[];
  'defaultUpperBoundTracesPerSecond': (number);
}
