// Original file: proto/jaeger/expression/v1/expression.proto


export interface List {
  'values'?: (string)[];
  'type'?: (string);
}

export interface List__Output {
  'values': (string)[];
  'type': (string);
}
