// Original file: proto/jaeger/api_v2/query.proto


export interface GetServicesResponse {
  'services'?: (string)[];
}

export interface GetServicesResponse__Output {
  'services': (string)[];
}
