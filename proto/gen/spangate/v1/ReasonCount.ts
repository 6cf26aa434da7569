// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface ReasonCount {
  'reason'?: (string);
  'total'?: (number | string | Long);
  'perSecond'?: (number | string);
}

export interface ReasonCount__Output {
  'reason': (string);
  'total': (string);
  'perSecond': (number);
}
