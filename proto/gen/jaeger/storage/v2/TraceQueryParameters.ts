// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { KeyValue as _jaeger_storage_v2_KeyValue, KeyValue__Output as _jaeger_storage_v2_KeyValue__Output } from '../../../jaeger/storage/v2/KeyValue.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';
import type { Call as _jaeger_expression_v1_Call, Call__Output as _jaeger_expression_v1_Call__Output } from '../../../jaeger/expression/v1/Call.ts';

export interface TraceQueryParameters {
  'serviceName'?: (string);
  'operationName'?: (string);
  'attributes'?: (_jaeger_storage_v2_KeyValue)[];
  'startTimeMin'?: (_google_protobuf_Timestamp | null);
  'startTimeMax'?: (_google_protobuf_Timestamp | null);
  'durationMin'?: (_google_protobuf_Duration | null);
  'durationMax'?: (_google_protobuf_Duration | null);
  'searchDepth'?: (number);
  'filter'?: (_jaeger_expression_v1_Call | null);
}

export interface TraceQueryParameters__Output {
  'serviceName': (string);
  'operationName': (string);
  'attributes': (_jaeger_storage_v2_KeyValue__Output)[];
  'startTimeMin': (_google_protobuf_Timestamp__Output | null);
  'startTimeMax': (_google_protobuf_Timestamp__Output | null);
  'durationMin': (_google_protobuf_Duration__Output | null);
  'durationMax': (_google_protobuf_Duration__Output | null);
  'searchDepth': (number);
  'filter': (_jaeger_expression_v1_Call__Output | null);
}
