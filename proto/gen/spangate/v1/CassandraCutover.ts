// Original file: proto/spangate/v1/status.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface CassandraCutover {
  'newTables'?: (string);
  'oldKeyspace'?: (string);
  'sinceTime'?: (_google_protobuf_Timestamp | null);
  'readUntilTime'?: (_google_protobuf_Timestamp | null);
}

export interface CassandraCutover__Output {
  'newTables': (string);
  'oldKeyspace': (string);
  'sinceTime': (_google_protobuf_Timestamp__Output | null);
  'readUntilTime': (_google_protobuf_Timestamp__Output | null);
}
