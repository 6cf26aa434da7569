// Original file: proto/zipkin/proto3/zipkin.proto

import type { Long } from '@grpc/proto-loader';

export interface Annotation {
  'timestamp'?: (number | string | Long);
  'value'?: (string);
}

export interface Annotation__Output {
  'timestamp': (string);
  'value': (string);
}
