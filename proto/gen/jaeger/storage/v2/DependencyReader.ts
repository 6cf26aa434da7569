// Original file: proto/jaeger/storage/v2/dependency_storage.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetDependenciesRequest as _jaeger_storage_v2_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_storage_v2_GetDependenciesRequest__Output } from '../../../jaeger/storage/v2/GetDependenciesRequest.ts';
import type { GetDependenciesResponse as _jaeger_storage_v2_GetDependenciesResponse, GetDependenciesResponse__Output as _jaeger_storage_v2_GetDependenciesResponse__Output } from '../../../jaeger/storage/v2/GetDependenciesResponse.ts';

export interface DependencyReaderClient extends grpc.Client {
  GetDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_storage_v2_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface DependencyReaderHandlers extends grpc.UntypedServiceImplementation {
  GetDependencies: grpc.handleUnaryCall<_jaeger_storage_v2_GetDependenciesRequest__Output, _jaeger_storage_v2_GetDependenciesResponse>;
  
}

export interface DependencyReaderDefinition extends grpc.ServiceDefinition {
  GetDependencies: MethodDefinition<_jaeger_storage_v2_GetDependenciesRequest, _jaeger_storage_v2_GetDependenciesResponse, _jaeger_storage_v2_GetDependenciesRequest__Output, _jaeger_storage_v2_GetDependenciesResponse__Output>
}
