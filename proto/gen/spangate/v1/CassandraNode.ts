// Original file: proto/spangate/v1/status.proto


export interface CassandraNode {
  'address'?: (string);
  'datacentre'?: (string);
  'up'?: (boolean);
}

export interface CassandraNode__Output {
  'address': (string);
  'datacentre': (string);
  'up': (boolean);
}
