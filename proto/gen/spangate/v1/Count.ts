// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface Count {
  'total'?: (number | string | Long);
  'perSecond'?: (number | string);
}

export interface Count__Output {
  'total': (string);
  'perSecond': (number);
}
