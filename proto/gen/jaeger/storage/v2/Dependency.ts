// Original file: proto/jaeger/storage/v2/dependency_storage.proto

import type { Long } from '@grpc/proto-loader';

export interface Dependency {
  'parent'?: (string);
  'child'?: (string);
  'callCount'?: (number | string | Long);
  'source'?: (string);
}

export interface Dependency__Output {
  'parent': (string);
  'child': (string);
  'callCount': (string);
  'source': (string);
}
