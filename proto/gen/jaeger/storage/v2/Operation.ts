// Original file: proto/jaeger/storage/v2/trace_storage.proto


export interface Operation {
  'name'?: (string);
  'spanKind'?: (string);
}

export interface Operation__Output {
  'name': (string);
  'spanKind': (string);
}
