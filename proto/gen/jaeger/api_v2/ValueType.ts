// Original file: proto/jaeger/api_v2/model.proto

export const ValueType = {
  STRING: 'STRING',
  BOOL: 'BOOL',
  INT64: 'INT64',
  FLOAT64: 'FLOAT64',
  BINARY: 'BINARY',
} as const;

export type ValueType =
  | 'STRING'
  | 0
  | 'BOOL'
  | 1
  | 'INT64'
  | 2
  | 'FLOAT64'
  | 3
  | 'BINARY'
  | 4

export type ValueType__Output = typeof ValueType[keyof typeof ValueType]
