// Original file: proto/spangate/v1/status.proto

import type { CassandraNode as _spangate_v1_CassandraNode, CassandraNode__Output as _spangate_v1_CassandraNode__Output } from '../../spangate/v1/CassandraNode.ts';
import type { CassandraCutover as _spangate_v1_CassandraCutover, CassandraCutover__Output as _spangate_v1_CassandraCutover__Output } from '../../spangate/v1/CassandraCutover.ts';

export interface CassandraStoreStatus {
  'keyspace'?: (string);
  'layout'?: (string);
  'schemaVersion'?: (string);
  'datacentre'?: (string);
  'consistency'?: (string);
  'nodes'?: (_spangate_v1_CassandraNode)[];
  'cutover'?: (_spangate_v1_CassandraCutover | null);
}

export interface CassandraStoreStatus__Output {
  'keyspace': (string);
  'layout': (string);
  'schemaVersion': (string);
  'datacentre': (string);
  'consistency': (string);
  'nodes': (_spangate_v1_CassandraNode__Output)[];
  'cutover': (_spangate_v1_CassandraCutover__Output | null);
}
