// Original file: proto/jaeger/api_v2/model.proto

import type { Long } from '@grpc/proto-loader';

export interface DependencyLink {
  'parent'?: (string);
  'child'?: (string);
  'callCount'?: (number | string | Long);
  'source'?: (string);
}

export interface DependencyLink__Output {
  'parent': (string);
  'child': (string);
  'callCount': (string);
  'source': (string);
}
