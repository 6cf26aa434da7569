// Original file: proto/jaeger/api_v2/collector.proto


export interface PostSpansResponse {
}

export interface PostSpansResponse__Output {
}
