// Original file: proto/spangate/v1/status.proto

export const GatewayState = {
  GATEWAY_STATE_UNSPECIFIED: 'GATEWAY_STATE_UNSPECIFIED',
  GATEWAY_STATE_STARTING: 'GATEWAY_STATE_STARTING',
  GATEWAY_STATE_READY: 'GATEWAY_STATE_READY',
  GATEWAY_STATE_STOPPING: 'GATEWAY_STATE_STOPPING',
  GATEWAY_STATE_STORE_AWAY: 'GATEWAY_STATE_STORE_AWAY',
} as const;

export type GatewayState =
  | 'GATEWAY_STATE_UNSPECIFIED'
  | 0
  | 'GATEWAY_STATE_STARTING'
  | 1
  | 'GATEWAY_STATE_READY'
  | 2
  | 'GATEWAY_STATE_STOPPING'
  | 3
  | 'GATEWAY_STATE_STORE_AWAY'
  | 4

export type GatewayState__Output = typeof GatewayState[keyof typeof GatewayState]
