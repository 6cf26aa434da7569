// Original file: proto/spangate/v1/status.proto

import type { StoreCalls as _spangate_v1_StoreCalls, StoreCalls__Output as _spangate_v1_StoreCalls__Output } from '../../spangate/v1/StoreCalls.ts';
import type { Count as _spangate_v1_Count, Count__Output as _spangate_v1_Count__Output } from '../../spangate/v1/Count.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { MemoryStoreStatus as _spangate_v1_MemoryStoreStatus, MemoryStoreStatus__Output as _spangate_v1_MemoryStoreStatus__Output } from '../../spangate/v1/MemoryStoreStatus.ts';
import type { SqliteStoreStatus as _spangate_v1_SqliteStoreStatus, SqliteStoreStatus__Output as _spangate_v1_SqliteStoreStatus__Output } from '../../spangate/v1/SqliteStoreStatus.ts';
import type { CassandraStoreStatus as _spangate_v1_CassandraStoreStatus, CassandraStoreStatus__Output as _spangate_v1_CassandraStoreStatus__Output } from '../../spangate/v1/CassandraStoreStatus.ts';

export interface StoreStatus {
  'kind'?: (string);
  'address'?: (string);
  'writes'?: (_spangate_v1_StoreCalls | null);
  'reads'?: (_spangate_v1_StoreCalls | null);
  'retentionSeconds'?: (number | string);
  'expiredSpans'?: (_spangate_v1_Count | null);
  'evictedSpans'?: (_spangate_v1_Count | null);
  'oldestArrivalTime'?: (_google_protobuf_Timestamp | null);
  'newestArrivalTime'?: (_google_protobuf_Timestamp | null);
  'nextExpiryTime'?: (_google_protobuf_Timestamp | null);
  'memory'?: (_spangate_v1_MemoryStoreStatus | null);
  'sqlite'?: (_spangate_v1_SqliteStoreStatus | null);
  'cassandra'?: (_spangate_v1_CassandraStoreStatus | null);
  '_retentionSeconds'?: "retentionSeconds";
  'details'?: "memory"|"sqlite"|"cassandra";
}

export interface StoreStatus__Output {
  'kind': (string);
  'address': (string);
  'writes': (_spangate_v1_StoreCalls__Output | null);
  'reads': (_spangate_v1_StoreCalls__Output | null);
  'retentionSeconds'?: (number);
  'expiredSpans': (_spangate_v1_Count__Output | null);
  'evictedSpans': (_spangate_v1_Count__Output | null);
  'oldestArrivalTime': (_google_protobuf_Timestamp__Output | null);
  'newestArrivalTime': (_google_protobuf_Timestamp__Output | null);
  'nextExpiryTime': (_google_protobuf_Timestamp__Output | null);
  'memory'?: (_spangate_v1_MemoryStoreStatus__Output | null);
  'sqlite'?: (_spangate_v1_SqliteStoreStatus__Output | null);
  'cassandra'?: (_spangate_v1_CassandraStoreStatus__Output | null);
  '_retentionSeconds'?: "retentionSeconds";
  'details'?: "memory"|"sqlite"|"cassandra";
}
