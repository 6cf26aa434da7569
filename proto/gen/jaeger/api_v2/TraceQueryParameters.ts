// Original file: proto/jaeger/api_v2/query.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface TraceQueryParameters {
  'serviceName'?: (string);
  'operationName'?: (string);
  'tags'?: ({[key: string]: string});
  'startTimeMin'?: (_google_protobuf_Timestamp | null);
  'startTimeMax'?: (_google_protobuf_Timestamp | null);
  'durationMin'?: (_google_protobuf_Duration | null);
  'durationMax'?: (_google_protobuf_Duration | null);
  'searchDepth'?: (number);
  'rawTraces'?: (boolean);
}

export interface TraceQueryParameters__Output {
  'serviceName': (string);
  'operationName': (string);
  'tags': ({[key: string]: string});
  'startTimeMin': (_google_protobuf_Timestamp__Output | null);
  'startTimeMax': (_google_protobuf_Timestamp__Output | null);
  'durationMin': (_google_protobuf_Duration__Output | null);
  'durationMax': (_google_protobuf_Duration__Output | null);
  'searchDepth': (number);
  'rawTraces': (boolean);
}
