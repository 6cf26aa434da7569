// Original file: proto/jaeger/api_v2/query.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ArchiveTraceRequest as _jaeger_api_v2_ArchiveTraceRequest, ArchiveTraceRequest__Output as _jaeger_api_v2_ArchiveTraceRequest__Output } from '../../jaeger/api_v2/ArchiveTraceRequest.ts';
import type { ArchiveTraceResponse as _jaeger_api_v2_ArchiveTraceResponse, ArchiveTraceResponse__Output as _jaeger_api_v2_ArchiveTraceResponse__Output } from '../../jaeger/api_v2/ArchiveTraceResponse.ts';
import type { FindTracesRequest as _jaeger_api_v2_FindTracesRequest, FindTracesRequest__Output as _jaeger_api_v2_FindTracesRequest__Output } from '../../jaeger/api_v2/FindTracesRequest.ts';
import type { GetDependenciesRequest as _jaeger_api_v2_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_api_v2_GetDependenciesRequest__Output } from '../../jaeger/api_v2/GetDependenciesRequest.ts';
import type { GetDependenciesResponse as _jaeger_api_v2_GetDependenciesResponse, GetDependenciesResponse__Output as _jaeger_api_v2_GetDependenciesResponse__Output } from '../../jaeger/api_v2/GetDependenciesResponse.ts';
import type { GetOperationsRequest as _jaeger_api_v2_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_api_v2_GetOperationsRequest__Output } from '../../jaeger/api_v2/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_api_v2_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_api_v2_GetOperationsResponse__Output } from '../../jaeger/api_v2/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_api_v2_GetServicesRequest, GetServicesRequest__Output as _jaeger_api_v2_GetServicesRequest__Output } from '../../jaeger/api_v2/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_api_v2_GetServicesResponse, GetServicesResponse__Output as _jaeger_api_v2_GetServicesResponse__Output } from '../../jaeger/api_v2/GetServicesResponse.ts';
import type { GetTraceRequest as _jaeger_api_v2_GetTraceRequest, GetTraceRequest__Output as _jaeger_api_v2_GetTraceRequest__Output } from '../../jaeger/api_v2/GetTraceRequest.ts';
import type { SpansResponseChunk as _jaeger_api_v2_SpansResponseChunk, SpansResponseChunk__Output as _jaeger_api_v2_SpansResponseChunk__Output } from '../../jaeger/api_v2/SpansResponseChunk.ts';

export interface QueryServiceClient extends grpc.Client {
  ArchiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  ArchiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  ArchiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  ArchiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  archiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  archiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  archiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  archiveTrace(argument: _jaeger_api_v2_ArchiveTraceRequest, callback: grpc.requestCallback<_jaeger_api_v2_ArchiveTraceResponse__Output>): grpc.ClientUnaryCall;
  
  FindTraces(argument: _jaeger_api_v2_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  FindTraces(argument: _jaeger_api_v2_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  findTraces(argument: _jaeger_api_v2_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  findTraces(argument: _jaeger_api_v2_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  
  GetDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v2_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetDependenciesResponse__Output>): grpc.ClientUnaryCall;
  
  GetOperations(argument: _jaeger_api_v2_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v2_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v2_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v2_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v2_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v2_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v2_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v2_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  
  GetServices(argument: _jaeger_api_v2_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v2_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v2_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v2_GetServicesRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v2_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v2_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v2_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v2_GetServicesRequest, callback: grpc.requestCallback<_jaeger_api_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  
  GetTrace(argument: _jaeger_api_v2_GetTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  GetTrace(argument: _jaeger_api_v2_GetTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  getTrace(argument: _jaeger_api_v2_GetTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  getTrace(argument: _jaeger_api_v2_GetTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v2_SpansResponseChunk__Output>;
  
}

export interface QueryServiceHandlers extends grpc.UntypedServiceImplementation {
  ArchiveTrace: grpc.handleUnaryCall<_jaeger_api_v2_ArchiveTraceRequest__Output, _jaeger_api_v2_ArchiveTraceResponse>;
  
  FindTraces: grpc.handleServerStreamingCall<_jaeger_api_v2_FindTracesRequest__Output, _jaeger_api_v2_SpansResponseChunk>;
  
  GetDependencies: grpc.handleUnaryCall<_jaeger_api_v2_GetDependenciesRequest__Output, _jaeger_api_v2_GetDependenciesResponse>;
  
  GetOperations: grpc.handleUnaryCall<_jaeger_api_v2_GetOperationsRequest__Output, _jaeger_api_v2_GetOperationsResponse>;
  
  GetServices: grpc.handleUnaryCall<_jaeger_api_v2_GetServicesRequest__Output, _jaeger_api_v2_GetServicesResponse>;
  
  GetTrace: grpc.handleServerStreamingCall<_jaeger_api_v2_GetTraceRequest__Output, _jaeger_api_v2_SpansResponseChunk>;
  
}

export interface QueryServiceDefinition extends grpc.ServiceDefinition {
  ArchiveTrace: MethodDefinition<_jaeger_api_v2_ArchiveTraceRequest, _jaeger_api_v2_ArchiveTraceResponse, _jaeger_api_v2_ArchiveTraceRequest__Output, _jaeger_api_v2_ArchiveTraceResponse__Output>
  FindTraces: MethodDefinition<_jaeger_api_v2_FindTracesRequest, _jaeger_api_v2_SpansResponseChunk, _jaeger_api_v2_FindTracesRequest__Output, _jaeger_api_v2_SpansResponseChunk__Output>
  GetDependencies: MethodDefinition<_jaeger_api_v2_GetDependenciesRequest, _jaeger_api_v2_GetDependenciesResponse, _jaeger_api_v2_GetDependenciesRequest__Output, _jaeger_api_v2_GetDependenciesResponse__Output>
  GetOperations: MethodDefinition<_jaeger_api_v2_GetOperationsRequest, _jaeger_api_v2_GetOperationsResponse, _jaeger_api_v2_GetOperationsRequest__Output, _jaeger_api_v2_GetOperationsResponse__Output>
  GetServices: MethodDefinition<_jaeger_api_v2_GetServicesRequest, _jaeger_api_v2_GetServicesResponse, _jaeger_api_v2_GetServicesRequest__Output, _jaeger_api_v2_GetServicesResponse__Output>
  GetTrace: MethodDefinition<_jaeger_api_v2_GetTraceRequest, _jaeger_api_v2_SpansResponseChunk, _jaeger_api_v2_GetTraceRequest__Output, _jaeger_api_v2_SpansResponseChunk__Output>
}
