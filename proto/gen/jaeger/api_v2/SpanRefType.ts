// Original file: proto/jaeger/api_v2/model.proto

export const SpanRefType = {
  CHILD_OF: 'CHILD_OF',
  FOLLOWS_FROM: 'FOLLOWS_FROM',
} as const;

export type SpanRefType =
  | 'CHILD_OF'
  | 0
  | 'FOLLOWS_FROM'
  | 1

export type SpanRefType__Output = typeof SpanRefType[keyof typeof SpanRefType]
