// Original file: proto/jaeger/api_v2/query.proto


export interface ArchiveTraceResponse {
}

export interface ArchiveTraceResponse__Output {
}
