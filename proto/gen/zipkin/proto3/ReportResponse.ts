// Original file: proto/zipkin/proto3/zipkin.proto


export interface ReportResponse {
}

export interface ReportResponse__Output {
}
