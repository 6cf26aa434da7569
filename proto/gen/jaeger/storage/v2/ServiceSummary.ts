// Original file: proto/jaeger/storage/v2/trace_storage.proto


export interface ServiceSummary {
  'name'?: (string);
  'spanCount'?: (number);
  'errorSpanCount'?: (number);
}

export interface ServiceSummary__Output {
  'name': (string);
  'spanCount': (number);
  'errorSpanCount': (number);
}
