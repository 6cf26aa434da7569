// Original file: proto/jaeger/api_v2/model.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { KeyValue as _jaeger_api_v2_KeyValue, KeyValue__Output as _jaeger_api_v2_KeyValue__Output } from '../../jaeger/api_v2/KeyValue.ts';

export interface Log {
  'timestamp'?: (_google_protobuf_Timestamp | null);
  'fields'?: (_jaeger_api_v2_KeyValue)[];
}

export interface Log__Output {
  'timestamp': (_google_protobuf_Timestamp__Output | null);
  'fields': (_jaeger_api_v2_KeyValue__Output)[];
}
