// Original file: proto/jaeger/api_v2/sampling.proto


export interface RateLimitingSamplingStrategy {
  'maxTracesPerSecond'?: (number);
}

export interface RateLimitingSamplingStrategy__Output {
  'maxTracesPerSecond': (number);
}
