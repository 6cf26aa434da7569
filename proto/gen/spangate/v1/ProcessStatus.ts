// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface ProcessStatus {
  'cpuCores'?: (number | string);
  'mainThreadBusy'?: (number | string);
  'residentBytes'?: (number | string | Long);
  'residentMaxBytes'?: (number | string | Long);
  'heapUsedBytes'?: (number | string | Long);
  'heapMaxBytes'?: (number | string | Long);
  'externalBytes'?: (number | string | Long);
}

export interface ProcessStatus__Output {
  'cpuCores': (number);
  'mainThreadBusy': (number);
  'residentBytes': (string);
  'residentMaxBytes': (string);
  'heapUsedBytes': (string);
  'heapMaxBytes': (string);
  'externalBytes': (string);
}
