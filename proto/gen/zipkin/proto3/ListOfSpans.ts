// Original file: proto/zipkin/proto3/zipkin.proto

import type { Span as _zipkin_proto3_Span, Span__Output as _zipkin_proto3_Span__Output } from '../../zipkin/proto3/Span.ts';

export interface ListOfSpans {
  'spans'?: (_zipkin_proto3_Span)[];
}

export interface ListOfSpans__Output {
  'spans': (_zipkin_proto3_Span__Output)[];
}
