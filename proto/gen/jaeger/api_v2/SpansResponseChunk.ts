// Original file: proto/jaeger/api_v2/query.proto

import type { Span as _jaeger_api_v2_Span, Span__Output as _jaeger_api_v2_Span__Output } from '../../jaeger/api_v2/Span.ts';

export interface SpansResponseChunk {
  'spans'?: (_jaeger_api_v2_Span)[];
}

export interface SpansResponseChunk__Output {
  'spans': (_jaeger_api_v2_Span__Output)[];
}
