// Original file: proto/jaeger/api_v2/model.proto

import type { Span as _jaeger_api_v2_Span, Span__Output as _jaeger_api_v2_Span__Output } from '../../jaeger/api_v2/Span.ts';
import type { Process as _jaeger_api_v2_Process, Process__Output as _jaeger_api_v2_Process__Output } from '../../jaeger/api_v2/Process.ts';

export interface _jaeger_api_v2_Trace_ProcessMapping {
  'processId'?: (string);
  'process'?: (_jaeger_api_v2_Process | null);
}

export interface _jaeger_api_v2_Trace_ProcessMapping__Output {
  'processId': (string);
  'process': (_jaeger_api_v2_Process__Output | null);
}

export interface Trace {
  'spans'?: (_jaeger_api_v2_Span)[];
  'processMap'?: (_jaeger_api_v2_Trace_ProcessMapping)[];
  'warnings'?: (string)[];
}

export interface Trace__Output {
  'spans': (_jaeger_api_v2_Span__Output)[];
  'processMap': (_jaeger_api_v2_Trace_ProcessMapping__Output)[];
  'warnings': (string)[];
}
