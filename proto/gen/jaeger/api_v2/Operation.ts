// Original file: proto/jaeger/api_v2/query.proto


export interface Operation {
  'name'?: (string);
  'spanKind'?: (string);
}

export interface Operation__Output {
  'name': (string);
  'spanKind': (string);
}
