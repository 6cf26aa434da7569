// Original file: proto/jaeger/api_v3/query_service.proto


export interface GetServicesRequest {
}

export interface GetServicesRequest__Output {
}
