// Original file: proto/spangate/v1/status.proto

import type { Long } from '@grpc/proto-loader';

export interface ListenerStatus {
  'name'?: (string);
  'protocol'?: (string);
  'addresses'?: (string)[];
  'tls'?: (boolean);
  'openConnections'?: (number | string | Long);
}

export interface ListenerStatus__Output {
  'name': (string);
  'protocol': (string);
  'addresses': (string)[];
  'tls': (boolean);
  'openConnections': (string);
}
