// Original file: proto/jaeger/storage/v2/trace_storage.proto


export interface GetServicesResponse {
  'services'?: (string)[];
}

export interface GetServicesResponse__Output {
  'services': (string)[];
}
