// Original file: proto/jaeger/storage/v2/capabilities.proto

import type { SearchCapabilities as _jaeger_storage_v2_SearchCapabilities, SearchCapabilities__Output as _jaeger_storage_v2_SearchCapabilities__Output } from '../../../jaeger/storage/v2/SearchCapabilities.ts';

export interface GetCapabilitiesResponse {
  'search'?: (_jaeger_storage_v2_SearchCapabilities | null);
}

export interface GetCapabilitiesResponse__Output {
  'search': (_jaeger_storage_v2_SearchCapabilities__Output | null);
}
