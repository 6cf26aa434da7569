// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { KeyValue as _jaeger_storage_v2_KeyValue, KeyValue__Output as _jaeger_storage_v2_KeyValue__Output } from '../../../jaeger/storage/v2/KeyValue.ts';

export interface KeyValueList {
  'values'?: (_jaeger_storage_v2_KeyValue)[];
}

export interface KeyValueList__Output {
  'values': (_jaeger_storage_v2_KeyValue__Output)[];
}
