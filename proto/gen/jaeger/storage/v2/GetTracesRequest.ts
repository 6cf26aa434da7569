// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { GetTraceParams as _jaeger_storage_v2_GetTraceParams, GetTraceParams__Output as _jaeger_storage_v2_GetTraceParams__Output } from '../../../jaeger/storage/v2/GetTraceParams.ts';

export interface GetTracesRequest {
  'query'?: (_jaeger_storage_v2_GetTraceParams)[];
}

export interface GetTracesRequest__Output {
  'query': (_jaeger_storage_v2_GetTraceParams__Output)[];
}
