// Original file: proto/spangate/v1/status.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { AdaptiveSamplingStatus as _spangate_v1_AdaptiveSamplingStatus, AdaptiveSamplingStatus__Output as _spangate_v1_AdaptiveSamplingStatus__Output } from '../../spangate/v1/AdaptiveSamplingStatus.ts';
import type { Long } from '@grpc/proto-loader';

export interface SamplingStatus {
  'mode'?: (string);
  'location'?: (string);
  'serviceCount'?: (number | string | Long);
  'operationCount'?: (number | string | Long);
  'changeTime'?: (_google_protobuf_Timestamp | null);
  'lastSuccessTime'?: (_google_protobuf_Timestamp | null);
  'failing'?: (boolean);
  'lastError'?: (string);
  'lastErrorTime'?: (_google_protobuf_Timestamp | null);
  'adaptive'?: (_spangate_v1_AdaptiveSamplingStatus | null);
}

export interface SamplingStatus__Output {
  'mode': (string);
  'location': (string);
  'serviceCount': (string);
  'operationCount': (string);
  'changeTime': (_google_protobuf_Timestamp__Output | null);
  'lastSuccessTime': (_google_protobuf_Timestamp__Output | null);
  'failing': (boolean);
  'lastError': (string);
  'lastErrorTime': (_google_protobuf_Timestamp__Output | null);
  'adaptive': (_spangate_v1_AdaptiveSamplingStatus__Output | null);
}
