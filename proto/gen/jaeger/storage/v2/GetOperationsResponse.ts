// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { Operation as _jaeger_storage_v2_Operation, Operation__Output as _jaeger_storage_v2_Operation__Output } from '../../../jaeger/storage/v2/Operation.ts';

export interface GetOperationsResponse {
  'operations'?: (_jaeger_storage_v2_Operation)[];
}

export interface GetOperationsResponse__Output {
  'operations': (_jaeger_storage_v2_Operation__Output)[];
}
