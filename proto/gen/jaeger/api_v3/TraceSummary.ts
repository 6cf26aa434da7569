// Original file: proto/jaeger/api_v3/query_service.proto

import type { ServiceSummary as _jaeger_api_v3_ServiceSummary, ServiceSummary__Output as _jaeger_api_v3_ServiceSummary__Output } from '../../jaeger/api_v3/ServiceSummary.ts';
import type { Long } from '@grpc/proto-loader';

export interface TraceSummary {
  'traceId'?: (string);
  'rootServiceName'?: (string);
  'rootOperationName'?: (string);
  'minStartTimeUnixNano'?: (number | string | Long);
  'maxEndTimeUnixNano'?: (number | string | Long);
  'spanCount'?: (number);
  'errorSpanCount'?: (number);
  'orphanSpanCount'?: (number);
  'services'?: (_jaeger_api_v3_ServiceSummary)[];
}

export interface TraceSummary__Output {
  'traceId': (string);
  'rootServiceName': (string);
  'rootOperationName': (string);
  'minStartTimeUnixNano': (string);
  'maxEndTimeUnixNano': (string);
  'spanCount': (number);
  'errorSpanCount': (number);
  'orphanSpanCount': (number);
  'services': (_jaeger_api_v3_ServiceSummary__Output)[];
}
