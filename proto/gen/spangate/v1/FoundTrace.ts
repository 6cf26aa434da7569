// Original file: proto/spangate/v1/trace_search.proto

import type { FoundSpan as _spangate_v1_FoundSpan, FoundSpan__Output as _spangate_v1_FoundSpan__Output } from '../../spangate/v1/FoundSpan.ts';
import type { Long } from '@grpc/proto-loader';

export interface FoundTrace {
  'traceId'?: (string);
  'rootServiceName'?: (string);
  'rootOperationName'?: (string);
  'minStartTimeUnixNano'?: (number | string | Long);
  'maxEndTimeUnixNano'?: (number | string | Long);
  'spanCount'?: (number);
  'errorSpanCount'?: (number);
  'matchedSpanCount'?: (number);
  'spans'?: (_spangate_v1_FoundSpan)[];
  'newestMatchTimeUnixNano'?: (number | string | Long);
}

export interface FoundTrace__Output {
  'traceId': (string);
  'rootServiceName': (string);
  'rootOperationName': (string);
  'minStartTimeUnixNano': (string);
  'maxEndTimeUnixNano': (string);
  'spanCount': (number);
  'errorSpanCount': (number);
  'matchedSpanCount': (number);
  'spans': (_spangate_v1_FoundSpan__Output)[];
  'newestMatchTimeUnixNano': (string);
}
