// Original file: proto/jaeger/api_v2/model.proto

import type { ValueType as _jaeger_api_v2_ValueType, ValueType__Output as _jaeger_api_v2_ValueType__Output } from '../../jaeger/api_v2/ValueType.ts';
import type { Long } from '@grpc/proto-loader';

export interface KeyValue {
  'key'?: (string);
  'vType'?: (_jaeger_api_v2_ValueType);
  'vStr'?: (string);
  'vBool'?: (boolean);
  'vInt64'?: (number | string | Long);
  'vFloat64'?: (number | string);
  'vBinary'?: (Buffer | Uint8Array | string);
}

export interface KeyValue__Output {
  'key': (string);
  'vType': (_jaeger_api_v2_ValueType__Output);
  'vStr': (string);
  'vBool': (boolean);
  'vInt64': (string);
  'vFloat64': (number);
  'vBinary': (Buffer);
}
