// Original file: proto/jaeger/api_v2/sampling.proto


export interface SamplingStrategyParameters {
  'serviceName'?: (string);
}

export interface SamplingStrategyParameters__Output {
  'serviceName': (string);
}
