// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface SqliteStoreStatus {
  'spanCount'?: (number | string | Long);
  'fileCount'?: (number);
  'hourCount'?: (number);
  'sizeBytes'?: (number | string | Long);
  'maxBytes'?: (number | string | Long);
  'archiveBytes'?: (number | string | Long);
  'archiveMaxBytes'?: (number | string | Long);
  'diskFreeBytes'?: (number | string | Long);
  'damagedFileCount'?: (number);
}

export interface SqliteStoreStatus__Output {
  'spanCount': (string);
  'fileCount': (number);
  'hourCount': (number);
  'sizeBytes': (string);
  'maxBytes': (string);
  'archiveBytes': (string);
  'archiveMaxBytes': (string);
  'diskFreeBytes': (string);
  'damagedFileCount': (number);
}
