// Original file: proto/jaeger/storage/v2/capabilities.proto


export interface FilterCapabilities {
  'levels'?: (string)[];
  'operators'?: (string)[];
}

export interface FilterCapabilities__Output {
  'levels': (string)[];
  'operators': (string)[];
}
