// Original file: proto/jaeger/api_v2/model.proto

import type { Span as _jaeger_api_v2_Span, Span__Output as _jaeger_api_v2_Span__Output } from '../../jaeger/api_v2/Span.ts';
import type { Process as _jaeger_api_v2_Process, Process__Output as _jaeger_api_v2_Process__Output } from '../../jaeger/api_v2/Process.ts';

export interface Batch {
  'spans'?: (_jaeger_api_v2_Span)[];
  'process'?: (_jaeger_api_v2_Process | null);
}

export interface Batch__Output {
  'spans': (_jaeger_api_v2_Span__Output)[];
  'process': (_jaeger_api_v2_Process__Output | null);
}
