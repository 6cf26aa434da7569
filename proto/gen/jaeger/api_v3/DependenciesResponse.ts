// Original file: proto/jaeger/api_v3/query_service.proto

import type { Dependency as _jaeger_api_v3_Dependency, Dependency__Output as _jaeger_api_v3_Dependency__Output } from '../../jaeger/api_v3/Dependency.ts';

export interface DependenciesResponse {
  'dependencies'?: (_jaeger_api_v3_Dependency)[];
}

export interface DependenciesResponse__Output {
  'dependencies': (_jaeger_api_v3_Dependency__Output)[];
}
