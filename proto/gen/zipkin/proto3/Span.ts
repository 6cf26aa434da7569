// Original file: proto/zipkin/proto3/zipkin.proto

import type { Endpoint as _zipkin_proto3_Endpoint, Endpoint__Output as _zipkin_proto3_Endpoint__Output } from '../../zipkin/proto3/Endpoint.ts';
import type { Annotation as _zipkin_proto3_Annotation, Annotation__Output as _zipkin_proto3_Annotation__Output } from '../../zipkin/proto3/Annotation.ts';
import type { Long } from '@grpc/proto-loader';

// Original file: proto/zipkin/proto3/zipkin.proto

export const _zipkin_proto3_Span_Kind = {
  SPAN_KIND_UNSPECIFIED: 'SPAN_KIND_UNSPECIFIED',
  CLIENT: 'CLIENT',
  SERVER: 'SERVER',
  PRODUCER: 'PRODUCER',
  CONSUMER: 'CONSUMER',
} as const;

export type _zipkin_proto3_Span_Kind =
  | 'SPAN_KIND_UNSPECIFIED'
  | 0
  | 'CLIENT'
  | 1
  | 'SERVER'
  | 2
  | 'PRODUCER'
  | 3
  | 'CONSUMER'
  | 4

export type _zipkin_proto3_Span_Kind__Output = typeof _zipkin_proto3_Span_Kind[keyof typeof _zipkin_proto3_Span_Kind]

export interface Span {
  'traceId'?: (Buffer | Uint8Array | string);
  'parentId'?: (Buffer | Uint8Array | string);
  'id'?: (Buffer | Uint8Array | string);
  'kind'?: (_zipkin_proto3_Span_Kind);
  'name'?: (string);
  'timestamp'?: (number | string | Long);
  'duration'?: (number | string | Long);
  'localEndpoint'?: (_zipkin_proto3_Endpoint | null);
  'remoteEndpoint'?: (_zipkin_proto3_Endpoint | null);
  'annotations'?: (_zipkin_proto3_Annotation)[];
  'tags'?: ({[key: string]: string});
  'debug'?: (boolean);
  'shared'?: (boolean);
}

export interface Span__Output {
  'traceId': (Buffer);
  'parentId': (Buffer);
  'id': (Buffer);
  'kind': (_zipkin_proto3_Span_Kind__Output);
  'name': (string);
  'timestamp': (string);
  'duration': (string);
  'localEndpoint': (_zipkin_proto3_Endpoint__Output | null);
  'remoteEndpoint': (_zipkin_proto3_Endpoint__Output | null);
  'annotations': (_zipkin_proto3_Annotation__Output)[];
  'tags': ({[key: string]: string});
  'debug': (boolean);
  'shared': (boolean);
}
