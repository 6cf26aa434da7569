// Original file: proto/jaeger/api_v3/query_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Dependency {
  'parent'?: (string);
  'child'?: (string);
  'callCount'?: (number | string | Long);
}

export interface Dependency__Output {
  'parent': (string);
  'child': (string);
  'callCount': (string);
}
