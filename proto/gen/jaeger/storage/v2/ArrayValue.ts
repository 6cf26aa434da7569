// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { AnyValue as _jaeger_storage_v2_AnyValue, AnyValue__Output as _jaeger_storage_v2_AnyValue__Output } from '../../../jaeger/storage/v2/AnyValue.ts';

export interface ArrayValue {
  'values'?: (_jaeger_storage_v2_AnyValue)[];
}

export interface ArrayValue__Output {
  'values': (_jaeger_storage_v2_AnyValue__Output)[];
}
