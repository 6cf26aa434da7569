// Original file: proto/jaeger/api_v2/query.proto


export interface GetServicesRequest {
}

export interface GetServicesRequest__Output {
}
