// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { TraceQueryParameters as _jaeger_storage_v2_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_storage_v2_TraceQueryParameters__Output } from '../../../jaeger/storage/v2/TraceQueryParameters.ts';

export interface FindTraceIDsRequest {
  'query'?: (_jaeger_storage_v2_TraceQueryParameters | null);
}

export interface FindTraceIDsRequest__Output {
  'query': (_jaeger_storage_v2_TraceQueryParameters__Output | null);
}
