// Original file: proto/jaeger/api_v2/model.proto

import type { KeyValue as _jaeger_api_v2_KeyValue, KeyValue__Output as _jaeger_api_v2_KeyValue__Output } from '../../jaeger/api_v2/KeyValue.ts';

export interface Process {
  'serviceName'?: (string);
  'tags'?: (_jaeger_api_v2_KeyValue)[];
}

export interface Process__Output {
  'serviceName': (string);
  'tags': (_jaeger_api_v2_KeyValue__Output)[];
}
