// Original file: proto/jaeger/api_v3/query_service.proto


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
