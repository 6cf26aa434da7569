// Original file: proto/jaeger/api_v2/model.proto

import type { SpanRef as _jaeger_api_v2_SpanRef, SpanRef__Output as _jaeger_api_v2_SpanRef__Output } from '../../jaeger/api_v2/SpanRef.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { KeyValue as _jaeger_api_v2_KeyValue, KeyValue__Output as _jaeger_api_v2_KeyValue__Output } from '../../jaeger/api_v2/KeyValue.ts';
import type { Log as _jaeger_api_v2_Log, Log__Output as _jaeger_api_v2_Log__Output } from '../../jaeger/api_v2/Log.ts';
import type { Process as _jaeger_api_v2_Process, Process__Output as _jaeger_api_v2_Process__Output } from '../../jaeger/api_v2/Process.ts';

export interface Span {
  'traceId'?: (Buffer | Uint8Array | string);
  'spanId'?: (Buffer | Uint8Array | string);
  'operationName'?: (string);
  'references'?: (_jaeger_api_v2_SpanRef)[];
  'flags'?: (number);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'duration'?: (_google_protobuf_Duration | null);
  'tags'?: (_jaeger_api_v2_KeyValue)[];
  'logs'?: (_jaeger_api_v2_Log)[];
  'process'?: (_jaeger_api_v2_Process | null);
  'processId'?: (string);
  'warnings'?: (string)[];
}

export interface Span__Output {
  'traceId': (Buffer);
  'spanId': (Buffer);
  'operationName': (string);
  'references': (_jaeger_api_v2_SpanRef__Output)[];
  'flags': (number);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'duration': (_google_protobuf_Duration__Output | null);
  'tags': (_jaeger_api_v2_KeyValue__Output)[];
  'logs': (_jaeger_api_v2_Log__Output)[];
  'process': (_jaeger_api_v2_Process__Output | null);
  'processId': (string);
  'warnings': (string)[];
}
