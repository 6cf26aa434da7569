// Original file: proto/jaeger/storage/v2/trace_storage.proto


export interface GetOperationsRequest {
  'service'?: (string);
  'spanKind'?: (string);
}

export interface GetOperationsRequest__Output {
  'service': (string);
  'spanKind': (string);
}
