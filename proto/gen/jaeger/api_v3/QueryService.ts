// Original file: proto/jaeger/api_v3/query_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DependenciesResponse as _jaeger_api_v3_DependenciesResponse, DependenciesResponse__Output as _jaeger_api_v3_DependenciesResponse__Output } from '../../jaeger/api_v3/DependenciesResponse.ts';
import type { FindTraceSummariesRequest as _jaeger_api_v3_FindTraceSummariesRequest, FindTraceSummariesRequest__Output as _jaeger_api_v3_FindTraceSummariesRequest__Output } from '../../jaeger/api_v3/FindTraceSummariesRequest.ts';
import type { FindTraceSummariesResponse as _jaeger_api_v3_FindTraceSummariesResponse, FindTraceSummariesResponse__Output as _jaeger_api_v3_FindTraceSummariesResponse__Output } from '../../jaeger/api_v3/FindTraceSummariesResponse.ts';
import type { FindTracesRequest as _jaeger_api_v3_FindTracesRequest, FindTracesRequest__Output as _jaeger_api_v3_FindTracesRequest__Output } from '../../jaeger/api_v3/FindTracesRequest.ts';
import type { GetDependenciesRequest as _jaeger_api_v3_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_api_v3_GetDependenciesRequest__Output } from '../../jaeger/api_v3/GetDependenciesRequest.ts';
import type { GetOperationsRequest as _jaeger_api_v3_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_api_v3_GetOperationsRequest__Output } from '../../jaeger/api_v3/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_api_v3_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_api_v3_GetOperationsResponse__Output } from '../../jaeger/api_v3/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_api_v3_GetServicesRequest, GetServicesRequest__Output as _jaeger_api_v3_GetServicesRequest__Output } from '../../jaeger/api_v3/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_api_v3_GetServicesResponse, GetServicesResponse__Output as _jaeger_api_v3_GetServicesResponse__Output } from '../../jaeger/api_v3/GetServicesResponse.ts';
import type { GetTraceRequest as _jaeger_api_v3_GetTraceRequest, GetTraceRequest__Output as _jaeger_api_v3_GetTraceRequest__Output } from '../../jaeger/api_v3/GetTraceRequest.ts';
import type { TracesData as _opentelemetry_proto_trace_v1_TracesData, TracesData__Output as _opentelemetry_proto_trace_v1_TracesData__Output } from '../../opentelemetry/proto/trace/v1/TracesData.ts';

export interface QueryServiceClient extends grpc.Client {
  FindTraceSummaries(argument: _jaeger_api_v3_FindTraceSummariesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v3_FindTraceSummariesResponse__Output>;
  FindTraceSummaries(argument: _jaeger_api_v3_FindTraceSummariesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v3_FindTraceSummariesResponse__Output>;
  findTraceSummaries(argument: _jaeger_api_v3_FindTraceSummariesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v3_FindTraceSummariesResponse__Output>;
  findTraceSummaries(argument: _jaeger_api_v3_FindTraceSummariesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_api_v3_FindTraceSummariesResponse__Output>;
  
  FindTraces(argument: _jaeger_api_v3_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  FindTraces(argument: _jaeger_api_v3_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  findTraces(argument: _jaeger_api_v3_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  findTraces(argument: _jaeger_api_v3_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  
  GetDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  GetDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  getDependencies(argument: _jaeger_api_v3_GetDependenciesRequest, callback: grpc.requestCallback<_jaeger_api_v3_DependenciesResponse__Output>): grpc.ClientUnaryCall;
  
  GetOperations(argument: _jaeger_api_v3_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v3_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v3_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_api_v3_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v3_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v3_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v3_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_api_v3_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_api_v3_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  
  GetServices(argument: _jaeger_api_v3_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v3_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v3_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_api_v3_GetServicesRequest, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v3_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v3_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v3_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_api_v3_GetServicesRequest, callback: grpc.requestCallback<_jaeger_api_v3_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  
  GetTrace(argument: _jaeger_api_v3_GetTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  GetTrace(argument: _jaeger_api_v3_GetTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  getTrace(argument: _jaeger_api_v3_GetTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  getTrace(argument: _jaeger_api_v3_GetTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  
}

export interface QueryServiceHandlers extends grpc.UntypedServiceImplementation {
  FindTraceSummaries: grpc.handleServerStreamingCall<_jaeger_api_v3_FindTraceSummariesRequest__Output, _jaeger_api_v3_FindTraceSummariesResponse>;
  
  FindTraces: grpc.handleServerStreamingCall<_jaeger_api_v3_FindTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData>;
  
  GetDependencies: grpc.handleUnaryCall<_jaeger_api_v3_GetDependenciesRequest__Output, _jaeger_api_v3_DependenciesResponse>;
  
  GetOperations: grpc.handleUnaryCall<_jaeger_api_v3_GetOperationsRequest__Output, _jaeger_api_v3_GetOperationsResponse>;
  
  GetServices: grpc.handleUnaryCall<_jaeger_api_v3_GetServicesRequest__Output, _jaeger_api_v3_GetServicesResponse>;
  
  GetTrace: grpc.handleServerStreamingCall<_jaeger_api_v3_GetTraceRequest__Output, _opentelemetry_proto_trace_v1_TracesData>;
  
}

export interface QueryServiceDefinition extends grpc.ServiceDefinition {
  FindTraceSummaries: MethodDefinition<_jaeger_api_v3_FindTraceSummariesRequest, _jaeger_api_v3_FindTraceSummariesResponse, _jaeger_api_v3_FindTraceSummariesRequest__Output, _jaeger_api_v3_FindTraceSummariesResponse__Output>
  FindTraces: MethodDefinition<_jaeger_api_v3_FindTracesRequest, _opentelemetry_proto_trace_v1_TracesData, _jaeger_api_v3_FindTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData__Output>
  GetDependencies: MethodDefinition<_jaeger_api_v3_GetDependenciesRequest, _jaeger_api_v3_DependenciesResponse, _jaeger_api_v3_GetDependenciesRequest__Output, _jaeger_api_v3_DependenciesResponse__Output>
  GetOperations: MethodDefinition<_jaeger_api_v3_GetOperationsRequest, _jaeger_api_v3_GetOperationsResponse, _jaeger_api_v3_GetOperationsRequest__Output, _jaeger_api_v3_GetOperationsResponse__Output>
  GetServices: MethodDefinition<_jaeger_api_v3_GetServicesRequest, _jaeger_api_v3_GetServicesResponse, _jaeger_api_v3_GetServicesRequest__Output, _jaeger_api_v3_GetServicesResponse__Output>
  GetTrace: MethodDefinition<_jaeger_api_v3_GetTraceRequest, _opentelemetry_proto_trace_v1_TracesData, _jaeger_api_v3_GetTraceRequest__Output, _opentelemetry_proto_trace_v1_TracesData__Output>
}
