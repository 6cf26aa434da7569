// Original file: proto/jaeger/storage/v2/trace_storage.proto


export interface GetServicesRequest {
}

export interface GetServicesRequest__Output {
}
