// Original file: proto/spangate/v1/status.proto

import type { ReasonCount as _spangate_v1_ReasonCount, ReasonCount__Output as _spangate_v1_ReasonCount__Output } from '../../spangate/v1/ReasonCount.ts';
import type { Long } from '@grpc/proto-loader';

export interface AdmissionStatus {
  'bytesInFlight'?: (number | string | Long);
  'maxBytesInFlight'?: (number | string | Long);
  'pausedConnections'?: (number | string | Long);
  'requestSeconds'?: (number | string);
  'refusedRequests'?: (_spangate_v1_ReasonCount)[];
  'givenUpMessages'?: (_spangate_v1_ReasonCount)[];
}

export interface AdmissionStatus__Output {
  'bytesInFlight': (string);
  'maxBytesInFlight': (string);
  'pausedConnections': (string);
  'requestSeconds': (number);
  'refusedRequests': (_spangate_v1_ReasonCount__Output)[];
  'givenUpMessages': (_spangate_v1_ReasonCount__Output)[];
}
