// Original file: proto/spangate/v1/trace_search.proto

import type { AnyValue as _opentelemetry_proto_common_v1_AnyValue, AnyValue__Output as _opentelemetry_proto_common_v1_AnyValue__Output } from '../../opentelemetry/proto/common/v1/AnyValue.ts';

export interface AttributeValue {
  'value'?: (_opentelemetry_proto_common_v1_AnyValue | null);
  'spanCount'?: (number);
}

export interface AttributeValue__Output {
  'value': (_opentelemetry_proto_common_v1_AnyValue__Output | null);
  'spanCount': (number);
}
