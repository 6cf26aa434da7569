// Original file: proto/jaeger/api_v3/query_service.proto


export interface Operation {
  'name'?: (string);
  'spanKind'?: (string);
}

export interface Operation__Output {
  'name': (string);
  'spanKind': (string);
}
