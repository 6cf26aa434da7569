// Original file: proto/spangate/v1/status.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { GatewayState as _spangate_v1_GatewayState, GatewayState__Output as _spangate_v1_GatewayState__Output } from '../../spangate/v1/GatewayState.ts';
import type { ProcessStatus as _spangate_v1_ProcessStatus, ProcessStatus__Output as _spangate_v1_ProcessStatus__Output } from '../../spangate/v1/ProcessStatus.ts';
import type { ListenerStatus as _spangate_v1_ListenerStatus, ListenerStatus__Output as _spangate_v1_ListenerStatus__Output } from '../../spangate/v1/ListenerStatus.ts';
import type { StoreStatus as _spangate_v1_StoreStatus, StoreStatus__Output as _spangate_v1_StoreStatus__Output } from '../../spangate/v1/StoreStatus.ts';
import type { AdmissionStatus as _spangate_v1_AdmissionStatus, AdmissionStatus__Output as _spangate_v1_AdmissionStatus__Output } from '../../spangate/v1/AdmissionStatus.ts';
import type { ReceiverStatus as _spangate_v1_ReceiverStatus, ReceiverStatus__Output as _spangate_v1_ReceiverStatus__Output } from '../../spangate/v1/ReceiverStatus.ts';
import type { QueryStatus as _spangate_v1_QueryStatus, QueryStatus__Output as _spangate_v1_QueryStatus__Output } from '../../spangate/v1/QueryStatus.ts';
import type { SamplingStatus as _spangate_v1_SamplingStatus, SamplingStatus__Output as _spangate_v1_SamplingStatus__Output } from '../../spangate/v1/SamplingStatus.ts';

export interface GetStatusResponse {
  'version'?: (string);
  'nodeVersion'?: (string);
  'host'?: (string);
  'processId'?: (number);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'time'?: (_google_protobuf_Timestamp | null);
  'uptimeSeconds'?: (number | string);
  'state'?: (_spangate_v1_GatewayState);
  'problems'?: (string)[];
  'rateSeconds'?: (number | string);
  'process'?: (_spangate_v1_ProcessStatus | null);
  'listeners'?: (_spangate_v1_ListenerStatus)[];
  'store'?: (_spangate_v1_StoreStatus | null);
  'admission'?: (_spangate_v1_AdmissionStatus | null);
  'receivers'?: (_spangate_v1_ReceiverStatus)[];
  'queries'?: (_spangate_v1_QueryStatus | null);
  'sampling'?: (_spangate_v1_SamplingStatus | null);
}

export interface GetStatusResponse__Output {
  'version': (string);
  'nodeVersion': (string);
  'host': (string);
  'processId': (number);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'time': (_google_protobuf_Timestamp__Output | null);
  'uptimeSeconds': (number);
  'state': (_spangate_v1_GatewayState__Output);
  'problems': (string)[];
  'rateSeconds': (number);
  'process': (_spangate_v1_ProcessStatus__Output | null);
  'listeners': (_spangate_v1_ListenerStatus__Output)[];
  'store': (_spangate_v1_StoreStatus__Output | null);
  'admission': (_spangate_v1_AdmissionStatus__Output | null);
  'receivers': (_spangate_v1_ReceiverStatus__Output)[];
  'queries': (_spangate_v1_QueryStatus__Output | null);
  'sampling': (_spangate_v1_SamplingStatus__Output | null);
}
