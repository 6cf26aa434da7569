// Original file: proto/jaeger/storage/v2/capabilities.proto

import type { FilterCapabilities as _jaeger_storage_v2_FilterCapabilities, FilterCapabilities__Output as _jaeger_storage_v2_FilterCapabilities__Output } from '../../../jaeger/storage/v2/FilterCapabilities.ts';

export interface SearchCapabilities {
  'withoutServiceName'?: (boolean);
  'sameSpanConjunction'?: (boolean);
  'filter'?: (_jaeger_storage_v2_FilterCapabilities | null);
}

export interface SearchCapabilities__Output {
  'withoutServiceName': (boolean);
  'sameSpanConjunction': (boolean);
  'filter': (_jaeger_storage_v2_FilterCapabilities__Output | null);
}
