// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { ServiceSummary as _jaeger_storage_v2_ServiceSummary, ServiceSummary__Output as _jaeger_storage_v2_ServiceSummary__Output } from '../../../jaeger/storage/v2/ServiceSummary.ts';
import type { Long } from '@grpc/proto-loader';

export interface TraceSummary {
  'traceId'?: (Buffer | Uint8Array | string);
  'rootServiceName'?: (string);
  'rootOperationName'?: (string);
  'minStartTimeUnixNano'?: (number | string | Long);
  'maxEndTimeUnixNano'?: (number | string | Long);
  'spanCount'?: (number);
  'errorSpanCount'?: (number);
  'orphanSpanCount'?: (number);
  'services'?: (_jaeger_storage_v2_ServiceSummary)[];
}

export interface TraceSummary__Output {
  'traceId': (Buffer);
  'rootServiceName': (string);
  'rootOperationName': (string);
  'minStartTimeUnixNano': (string);
  'maxEndTimeUnixNano': (string);
  'spanCount': (number);
  'errorSpanCount': (number);
  'orphanSpanCount': (number);
  'services': (_jaeger_storage_v2_ServiceSummary__Output)[];
}
