// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface FoundTraceID {
  'traceId'?: (Buffer | Uint8Array | string);
  'start'?: (_google_protobuf_Timestamp | null);
  'end'?: (_google_protobuf_Timestamp | null);
}

export interface FoundTraceID__Output {
  'traceId': (Buffer);
  'start': (_google_protobuf_Timestamp__Output | null);
  'end': (_google_protobuf_Timestamp__Output | null);
}
