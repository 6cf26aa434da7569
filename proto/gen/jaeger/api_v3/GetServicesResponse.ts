// Original file: proto/jaeger/api_v3/query_service.proto


export interface GetServicesResponse {
  'services'?: (string)[];
}

export interface GetServicesResponse__Output {
  'services': (string)[];
}
