// Original file: proto/zipkin/proto3/zipkin.proto


export interface Endpoint {
  'serviceName'?: (string);
  'ipv4'?: (Buffer | Uint8Array | string);
  'ipv6'?: (Buffer | Uint8Array | string);
  'port'?: (number);
}

export interface Endpoint__Output {
  'serviceName': (string);
  'ipv4': (Buffer);
  'ipv6': (Buffer);
  'port': (number);
}
