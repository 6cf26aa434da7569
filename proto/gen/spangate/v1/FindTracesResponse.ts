// Original file: proto/spangate/v1/trace_search.proto

import type { FoundTrace as _spangate_v1_FoundTrace, FoundTrace__Output as _spangate_v1_FoundTrace__Output } from '../../spangate/v1/FoundTrace.ts';

export interface FindTracesResponse {
  'traces'?: (_spangate_v1_FoundTrace)[];
}

export interface FindTracesResponse__Output {
  'traces': (_spangate_v1_FoundTrace__Output)[];
}
