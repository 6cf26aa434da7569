// Original file: proto/jaeger/api_v2/sampling.proto


export interface ProbabilisticSamplingStrategy {
  'samplingRate'?: (number | string);
}

export interface ProbabilisticSamplingStrategy__Output {
  'samplingRate': (number);
}
