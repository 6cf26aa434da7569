// Original file: proto/spangate/v1/trace_search.proto

import type { AttributeName as _spangate_v1_AttributeName, AttributeName__Output as _spangate_v1_AttributeName__Output } from '../../spangate/v1/AttributeName.ts';

export interface ListAttributeNamesResponse {
  'names'?: (_spangate_v1_AttributeName)[];
  'traceCount'?: (number);
}

export interface ListAttributeNamesResponse__Output {
  'names': (_spangate_v1_AttributeName__Output)[];
  'traceCount': (number);
}
