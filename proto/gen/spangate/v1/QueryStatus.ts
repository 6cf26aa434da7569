// Original file: proto/spangate/v1/status.proto

import type { Count as _spangate_v1_Count, Count__Output as _spangate_v1_Count__Output } from '../../spangate/v1/Count.ts';

export interface QueryStatus {
  'runningSearches'?: (number);
  'maxSearches'?: (number);
  'refusedSearches'?: (_spangate_v1_Count | null);
  'waitingReads'?: (number);
  'maxWaitingReads'?: (number);
  'refusedReads'?: (_spangate_v1_Count | null);
  'waitingAnswers'?: (number);
  'stalledAnswers'?: (_spangate_v1_Count | null);
}

export interface QueryStatus__Output {
  'runningSearches': (number);
  'maxSearches': (number);
  'refusedSearches': (_spangate_v1_Count__Output | null);
  'waitingReads': (number);
  'maxWaitingReads': (number);
  'refusedReads': (_spangate_v1_Count__Output | null);
  'waitingAnswers': (number);
  'stalledAnswers': (_spangate_v1_Count__Output | null);
}
