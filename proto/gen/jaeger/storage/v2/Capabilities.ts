// Original file: proto/jaeger/storage/v2/capabilities.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetCapabilitiesRequest as _jaeger_storage_v2_GetCapabilitiesRequest, GetCapabilitiesRequest__Output as _jaeger_storage_v2_GetCapabilitiesRequest__Output } from '../../../jaeger/storage/v2/GetCapabilitiesRequest.ts';
import type { GetCapabilitiesResponse as _jaeger_storage_v2_GetCapabilitiesResponse, GetCapabilitiesResponse__Output as _jaeger_storage_v2_GetCapabilitiesResponse__Output } from '../../../jaeger/storage/v2/GetCapabilitiesResponse.ts';

export interface CapabilitiesClient extends grpc.Client {
  GetCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getCapabilities(argument: _jaeger_storage_v2_GetCapabilitiesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CapabilitiesHandlers extends grpc.UntypedServiceImplementation {
  GetCapabilities: grpc.handleUnaryCall<_jaeger_storage_v2_GetCapabilitiesRequest__Output, _jaeger_storage_v2_GetCapabilitiesResponse>;
  
}

export interface CapabilitiesDefinition extends grpc.ServiceDefinition {
  GetCapabilities: MethodDefinition<_jaeger_storage_v2_GetCapabilitiesRequest, _jaeger_storage_v2_GetCapabilitiesResponse, _jaeger_storage_v2_GetCapabilitiesRequest__Output, _jaeger_storage_v2_GetCapabilitiesResponse__Output>
}
