// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type { TraceSummary as _jaeger_storage_v2_TraceSummary, TraceSummary__Output as _jaeger_storage_v2_TraceSummary__Output } from '../../../jaeger/storage/v2/TraceSummary.ts';

export interface FindTraceSummariesResponse {
  'summaries'?: (_jaeger_storage_v2_TraceSummary)[];
}

export interface FindTraceSummariesResponse__Output {
  'summaries': (_jaeger_storage_v2_TraceSummary__Output)[];
}
