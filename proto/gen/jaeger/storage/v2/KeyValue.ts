// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { AnyValue as _jaeger_storage_v2_AnyValue, AnyValue__Output as _jaeger_storage_v2_AnyValue__Output } from '../../../jaeger/storage/v2/AnyValue.ts';

export interface KeyValue {
  'key'?: (string);
  'value'?: (_jaeger_storage_v2_AnyValue | null);
}

export interface KeyValue__Output {
  'key': (string);
  'value': (_jaeger_storage_v2_AnyValue__Output | null);
}
