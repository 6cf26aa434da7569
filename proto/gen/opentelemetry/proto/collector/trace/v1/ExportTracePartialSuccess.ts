// Original file: proto/opentelemetry/proto/collector/trace/v1/trace_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ExportTracePartialSuccess {
  'rejectedSpans'?: (number | string | Long);
  'errorMessage'?: (string);
}

export interface ExportTracePartialSuccess__Output {
  'rejectedSpans': (string);
  'errorMessage': (string);
}
