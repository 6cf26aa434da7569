// Original file: proto/jaeger/api_v3/query_service.proto


export interface GetOperationsRequest {
  'service'?: (string);
  'spanKind'?: (string);
}

export interface GetOperationsRequest__Output {
  'service': (string);
  'spanKind': (string);
}
