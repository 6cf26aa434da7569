// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { ArrayValue as _jaeger_storage_v2_ArrayValue, ArrayValue__Output as _jaeger_storage_v2_ArrayValue__Output } from '../../../jaeger/storage/v2/ArrayValue.ts';
import type { KeyValueList as _jaeger_storage_v2_KeyValueList, KeyValueList__Output as _jaeger_storage_v2_KeyValueList__Output } from '../../../jaeger/storage/v2/KeyValueList.ts';
import type { Long } from '@grpc/proto-loader';

export interface AnyValue {
  'stringValue'?: (string);
  'boolValue'?: (boolean);
  'intValue'?: (number | string | Long);
  'doubleValue'?: (number | string);
  'arrayValue'?: (_jaeger_storage_v2_ArrayValue | null);
  'kvlistValue'?: (_jaeger_storage_v2_KeyValueList | null);
  'bytesValue'?: (Buffer | Uint8Array | string);
  'value'?: "stringValue"|"boolValue"|"intValue"|"doubleValue"|"arrayValue"|"kvlistValue"|"bytesValue";
}

export interface AnyValue__Output {
  'stringValue'?: (string);
  'boolValue'?: (boolean);
  'intValue'?: (string);
  'doubleValue'?: (number);
  'arrayValue'?: (_jaeger_storage_v2_ArrayValue__Output | null);
  'kvlistValue'?: (_jaeger_storage_v2_KeyValueList__Output | null);
  'bytesValue'?: (Buffer);
  'value'?: "stringValue"|"boolValue"|"intValue"|"doubleValue"|"arrayValue"|"kvlistValue"|"bytesValue";
}
