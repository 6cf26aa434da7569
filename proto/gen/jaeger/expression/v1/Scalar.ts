// Original file: proto/jaeger/expression/v1/expression.proto


export interface Scalar {
  'value'?: (string);
  'type'?: (string);
}

export interface Scalar__Output {
  'value': (string);
  'type': (string);
}
