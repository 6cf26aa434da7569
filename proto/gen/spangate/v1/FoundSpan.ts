// Original file: proto/spangate/v1/trace_search.proto

import type { _opentelemetry_proto_trace_v1_Span_SpanKind, _opentelemetry_proto_trace_v1_Span_SpanKind__Output } from '../../opentelemetry/proto/trace/v1/Span.ts';
import type { _opentelemetry_proto_trace_v1_Status_StatusCode, _opentelemetry_proto_trace_v1_Status_StatusCode__Output } from '../../opentelemetry/proto/trace/v1/Status.ts';
import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

export interface FoundSpan {
  'spanId'?: (string);
  'parentSpanId'?: (string);
  'serviceName'?: (string);
  'name'?: (string);
  'kind'?: (_opentelemetry_proto_trace_v1_Span_SpanKind);
  'statusCode'?: (_opentelemetry_proto_trace_v1_Status_StatusCode);
  'startTimeUnixNano'?: (number | string | Long);
  'endTimeUnixNano'?: (number | string | Long);
  'selected'?: (_opentelemetry_proto_common_v1_KeyValue)[];
}

export interface FoundSpan__Output {
  'spanId': (string);
  'parentSpanId': (string);
  'serviceName': (string);
  'name': (string);
  'kind': (_opentelemetry_proto_trace_v1_Span_SpanKind__Output);
  'statusCode': (_opentelemetry_proto_trace_v1_Status_StatusCode__Output);
  'startTimeUnixNano': (string);
  'endTimeUnixNano': (string);
  'selected': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
}
