// Original file: proto/spangate/v1/status.proto


export interface AdaptiveSamplingStatus {
  'targetPerSecond'?: (number | string);
  'intervalSeconds'?: (number | string);
  'leader'?: (string);
  'isLeader'?: (boolean);
  'leaseSeconds'?: (number | string);
  'receiverCount'?: (number);
}

export interface AdaptiveSamplingStatus__Output {
  'targetPerSecond': (number);
  'intervalSeconds': (number);
  'leader': (string);
  'isLeader': (boolean);
  'leaseSeconds': (number);
  'receiverCount': (number);
}
