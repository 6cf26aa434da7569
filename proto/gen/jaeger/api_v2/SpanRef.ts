// Original file: proto/jaeger/api_v2/model.proto

import type { SpanRefType as _jaeger_api_v2_SpanRefType, SpanRefType__Output as _jaeger_api_v2_SpanRefType__Output } from '../../jaeger/api_v2/SpanRefType.ts';

export interface SpanRef {
  'traceId'?: (Buffer | Uint8Array | string);
  'spanId'?: (Buffer | Uint8Array | string);
  'refType'?: (_jaeger_api_v2_SpanRefType);
}

export interface SpanRef__Output {
  'traceId': (Buffer);
  'spanId': (Buffer);
  'refType': (_jaeger_api_v2_SpanRefType__Output);
}
