// Original file: proto/jaeger/api_v2/query.proto

import type { DependencyLink as _jaeger_api_v2_DependencyLink, DependencyLink__Output as _jaeger_api_v2_DependencyLink__Output } from '../../jaeger/api_v2/DependencyLink.ts';

export interface GetDependenciesResponse {
  'dependencies'?: (_jaeger_api_v2_DependencyLink)[];
}

export interface GetDependenciesResponse__Output {
  'dependencies': (_jaeger_api_v2_DependencyLink__Output)[];
}
