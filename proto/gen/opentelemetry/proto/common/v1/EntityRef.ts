// Original file: proto/opentelemetry/proto/common/v1/common.proto


export interface EntityRef {
  'schemaUrl'?: (string);
  'type'?: (string);
  'idKeys'?: (string)[];
  'descriptionKeys'?: (string)[];
}

export interface EntityRef__Output {
  'schemaUrl': (string);
  'type': (string);
  'idKeys': (string)[];
  'descriptionKeys': (string)[];
}
