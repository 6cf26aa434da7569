// Original file: proto/spangate/v1/status.proto

import type { StoreState as _spangate_v1_StoreState, StoreState__Output as _spangate_v1_StoreState__Output } from '../../spangate/v1/StoreState.ts';
import type { Count as _spangate_v1_Count, Count__Output as _spangate_v1_Count__Output } from '../../spangate/v1/Count.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface StoreCalls {
  'state'?: (_spangate_v1_StoreState);
  'failed'?: (_spangate_v1_Count | null);
  'lastSuccessTime'?: (_google_protobuf_Timestamp | null);
  'failingSince'?: (_google_protobuf_Timestamp | null);
  'lastError'?: (string);
  'lastErrorTime'?: (_google_protobuf_Timestamp | null);
}

export interface StoreCalls__Output {
  'state': (_spangate_v1_StoreState__Output);
  'failed': (_spangate_v1_Count__Output | null);
  'lastSuccessTime': (_google_protobuf_Timestamp__Output | null);
  'failingSince': (_google_protobuf_Timestamp__Output | null);
  'lastError': (string);
  'lastErrorTime': (_google_protobuf_Timestamp__Output | null);
}
