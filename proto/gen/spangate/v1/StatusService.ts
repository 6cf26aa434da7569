// Original file: proto/spangate/v1/status.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetStatusRequest as _spangate_v1_GetStatusRequest, GetStatusRequest__Output as _spangate_v1_GetStatusRequest__Output } from '../../spangate/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _spangate_v1_GetStatusResponse, GetStatusResponse__Output as _spangate_v1_GetStatusResponse__Output } from '../../spangate/v1/GetStatusResponse.ts';

export interface StatusServiceClient extends grpc.Client {
  GetStatus(argument: _spangate_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _spangate_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _spangate_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _spangate_v1_GetStatusRequest, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _spangate_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _spangate_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _spangate_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _spangate_v1_GetStatusRequest, callback: grpc.requestCallback<_spangate_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface StatusServiceHandlers extends grpc.UntypedServiceImplementation {
  GetStatus: grpc.handleUnaryCall<_spangate_v1_GetStatusRequest__Output, _spangate_v1_GetStatusResponse>;
  
}

export interface StatusServiceDefinition extends grpc.ServiceDefinition {
  GetStatus: MethodDefinition<_spangate_v1_GetStatusRequest, _spangate_v1_GetStatusResponse, _spangate_v1_GetStatusRequest__Output, _spangate_v1_GetStatusResponse__Output>
}
