// Original file: proto/jaeger/api_v3/query_service.proto

import type { TraceQueryParameters as _jaeger_api_v3_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_api_v3_TraceQueryParameters__Output } from '../../jaeger/api_v3/TraceQueryParameters.ts';

export interface FindTracesRequest {
  'query'?: (_jaeger_api_v3_TraceQueryParameters | null);
}

export interface FindTracesRequest__Output {
  'query': (_jaeger_api_v3_TraceQueryParameters__Output | null);
}
