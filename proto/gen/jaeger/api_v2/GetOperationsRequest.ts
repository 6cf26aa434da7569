// Original file: proto/jaeger/api_v2/query.proto


export interface GetOperationsRequest {
  'service'?: (string);
  'spanKind'?: (string);
}

export interface GetOperationsRequest__Output {
  'service': (string);
  'spanKind': (string);
}
