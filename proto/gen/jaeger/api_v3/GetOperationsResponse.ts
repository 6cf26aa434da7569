// Original file: proto/jaeger/api_v3/query_service.proto

import type { Operation as _jaeger_api_v3_Operation, Operation__Output as _jaeger_api_v3_Operation__Output } from '../../jaeger/api_v3/Operation.ts';

export interface GetOperationsResponse {
  'operations'?: (_jaeger_api_v3_Operation)[];
}

export interface GetOperationsResponse__Output {
  'operations': (_jaeger_api_v3_Operation__Output)[];
}
