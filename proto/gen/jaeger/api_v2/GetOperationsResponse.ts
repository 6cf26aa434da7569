// Original file: proto/jaeger/api_v2/query.proto

import type { Operation as _jaeger_api_v2_Operation, Operation__Output as _jaeger_api_v2_Operation__Output } from '../../jaeger/api_v2/Operation.ts';

export interface GetOperationsResponse {
  'operationNames'?: (string)[];
  'operations'?: (_jaeger_api_v2_Operation)[];
}

export interface GetOperationsResponse__Output {
  'operationNames': (string)[];
  'operations': (_jaeger_api_v2_Operation__Output)[];
}
