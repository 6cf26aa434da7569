// Original file: proto/spangate/v1/status.proto


export interface GetStatusRequest {
}

export interface GetStatusRequest__Output {
}
