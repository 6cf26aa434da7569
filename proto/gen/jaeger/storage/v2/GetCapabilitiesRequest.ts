// Original file: proto/jaeger/storage/v2/capabilities.proto


export interface GetCapabilitiesRequest {
}

export interface GetCapabilitiesRequest__Output {
}
