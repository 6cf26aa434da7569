// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { FoundTraceID as _jaeger_storage_v2_FoundTraceID, FoundTraceID__Output as _jaeger_storage_v2_FoundTraceID__Output } from '../../../jaeger/storage/v2/FoundTraceID.ts';

export interface FindTraceIDsResponse {
  'traceIds'?: (_jaeger_storage_v2_FoundTraceID)[];
}

export interface FindTraceIDsResponse__Output {
  'traceIds': (_jaeger_storage_v2_FoundTraceID__Output)[];
}
