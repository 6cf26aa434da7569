// Original file: proto/spangate/v1/status.proto

import type { Count as _spangate_v1_Count, Count__Output as _spangate_v1_Count__Output } from '../../spangate/v1/Count.ts';
import type { ReasonCount as _spangate_v1_ReasonCount, ReasonCount__Output as _spangate_v1_ReasonCount__Output } from '../../spangate/v1/ReasonCount.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReceiverStatus {
  'name'?: (string);
  'formats'?: (string)[];
  'receivedSpans'?: (_spangate_v1_Count | null);
  'storedSpans'?: (_spangate_v1_Count | null);
  'spansInFlight'?: (number | string | Long);
  'rejectedSpans'?: (_spangate_v1_ReasonCount)[];
  'droppedSpans'?: (_spangate_v1_ReasonCount)[];
  'refusedRequests'?: (_spangate_v1_Count | null);
  'kernelDroppedDatagrams'?: (_spangate_v1_Count | null);
  'clientLostSpans'?: (_spangate_v1_Count | null);
  'clientLostBatches'?: (_spangate_v1_Count | null);
}

export interface ReceiverStatus__Output {
  'name': (string);
  'formats': (string)[];
  'receivedSpans': (_spangate_v1_Count__Output | null);
  'storedSpans': (_spangate_v1_Count__Output | null);
  'spansInFlight': (string);
  'rejectedSpans': (_spangate_v1_ReasonCount__Output)[];
  'droppedSpans': (_spangate_v1_ReasonCount__Output)[];
  'refusedRequests': (_spangate_v1_Count__Output | null);
  'kernelDroppedDatagrams': (_spangate_v1_Count__Output | null);
  'clientLostSpans': (_spangate_v1_Count__Output | null);
  'clientLostBatches': (_spangate_v1_Count__Output | null);
}
