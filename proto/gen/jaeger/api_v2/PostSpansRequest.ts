// Original file: proto/jaeger/api_v2/collector.proto

import type { Batch as _jaeger_api_v2_Batch, Batch__Output as _jaeger_api_v2_Batch__Output } from '../../jaeger/api_v2/Batch.ts';

export interface PostSpansRequest {
  'batch'?: (_jaeger_api_v2_Batch | null);
}

export interface PostSpansRequest__Output {
  'batch': (_jaeger_api_v2_Batch__Output | null);
}
