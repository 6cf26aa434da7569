// Original file: proto/jaeger/api_v2/query.proto

import type { TraceQueryParameters as _jaeger_api_v2_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_api_v2_TraceQueryParameters__Output } from '../../jaeger/api_v2/TraceQueryParameters.ts';

export interface FindTracesRequest {
  'query'?: (_jaeger_api_v2_TraceQueryParameters | null);
}

export interface FindTracesRequest__Output {
  'query': (_jaeger_api_v2_TraceQueryParameters__Output | null);
}
