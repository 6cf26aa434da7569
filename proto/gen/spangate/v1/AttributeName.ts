// Original file: proto/spangate/v1/trace_search.proto


export interface AttributeName {
  'name'?: (string);
  'spanCount'?: (number);
}

export interface AttributeName__Output {
  'name': (string);
  'spanCount': (number);
}
