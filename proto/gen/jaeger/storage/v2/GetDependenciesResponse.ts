// Original file: proto/jaeger/storage/v2/dependency_storage.proto

import type { Dependency as _jaeger_storage_v2_Dependency, Dependency__Output as _jaeger_storage_v2_Dependency__Output } from '../../../jaeger/storage/v2/Dependency.ts';

export interface GetDependenciesResponse {
  'dependencies'?: (_jaeger_storage_v2_Dependency)[];
}

export interface GetDependenciesResponse__Output {
  'dependencies': (_jaeger_storage_v2_Dependency__Output)[];
}
