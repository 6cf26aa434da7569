// Original file: proto/jaeger/expression/v1/expression.proto


export interface AttributeReference {
  'key'?: (string);
  'level'?: (string);
}

export interface AttributeReference__Output {
  'key': (string);
  'level': (string);
}
