// Original file: proto/jaeger/api_v3/query_service.proto

import type { TraceSummary as _jaeger_api_v3_TraceSummary, TraceSummary__Output as _jaeger_api_v3_TraceSummary__Output } from '../../jaeger/api_v3/TraceSummary.ts';

export interface FindTraceSummariesResponse {
  'summaries'?: (_jaeger_api_v3_TraceSummary)[];
}

export interface FindTraceSummariesResponse__Output {
  'summaries': (_jaeger_api_v3_TraceSummary__Output)[];
}
