// Original file: proto/jaeger/expression/v1/expression.proto


export interface FieldReference {
  'name'?: (string);
  'level'?: (string);
}

export interface FieldReference__Output {
  'name': (string);
  'level': (string);
}
