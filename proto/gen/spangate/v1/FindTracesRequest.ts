// Original file: proto/spangate/v1/trace_search.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface FindTracesRequest {
  'query'?: (string);
  'startTimeMin'?: (_google_protobuf_Timestamp | null);
  'startTimeMax'?: (_google_protobuf_Timestamp | null);
  'limit'?: (number);
  'spansPerTrace'?: (number);
}

export interface FindTracesRequest__Output {
  'query': (string);
  'startTimeMin': (_google_protobuf_Timestamp__Output | null);
  'startTimeMax': (_google_protobuf_Timestamp__Output | null);
  'limit': (number);
  'spansPerTrace': (number);
}
