// Original file: proto/spangate/v1/status.proto

export const StoreState = {
  STORE_STATE_UNSPECIFIED: 'STORE_STATE_UNSPECIFIED',
  STORE_STATE_IDLE: 'STORE_STATE_IDLE',
  STORE_STATE_OK: 'STORE_STATE_OK',
  STORE_STATE_FAILING: 'STORE_STATE_FAILING',
} as const;

export type StoreState =
  | 'STORE_STATE_UNSPECIFIED'
  | 0
  | 'STORE_STATE_IDLE'
  | 1
  | 'STORE_STATE_OK'
  | 2
  | 'STORE_STATE_FAILING'
  | 3

export type StoreState__Output = typeof StoreState[keyof typeof StoreState]
