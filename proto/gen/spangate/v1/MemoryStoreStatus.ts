// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface MemoryStoreStatus {
  'spanCount'?: (number | string | Long);
  'sizeBytes'?: (number | string | Long);
  'maxBytes'?: (number | string | Long);
  'archiveBytes'?: (number | string | Long);
  'archiveMaxBytes'?: (number | string | Long);
}

export interface MemoryStoreStatus__Output {
  'spanCount': (string);
  'sizeBytes': (string);
  'maxBytes': (string);
  'archiveBytes': (string);
  'archiveMaxBytes': (string);
}
