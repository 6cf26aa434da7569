// Original file: proto/jaeger/expression/v1/expression.proto


export interface NestedReference {
  'level'?: (string);
}

export interface NestedReference__Output {
  'level': (string);
}
