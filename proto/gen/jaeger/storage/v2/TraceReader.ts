// Original file: proto/jaeger/storage/v2/trace_storage.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FindTraceIDsRequest as _jaeger_storage_v2_FindTraceIDsRequest, FindTraceIDsRequest__Output as _jaeger_storage_v2_FindTraceIDsRequest__Output } from '../../../jaeger/storage/v2/FindTraceIDsRequest.ts';
import type { FindTraceIDsResponse as _jaeger_storage_v2_FindTraceIDsResponse, FindTraceIDsResponse__Output as _jaeger_storage_v2_FindTraceIDsResponse__Output } from '../../../jaeger/storage/v2/FindTraceIDsResponse.ts';
import type { FindTraceSummariesRequest as _jaeger_storage_v2_FindTraceSummariesRequest, FindTraceSummariesRequest__Output as _jaeger_storage_v2_FindTraceSummariesRequest__Output } from '../../../jaeger/storage/v2/FindTraceSummariesRequest.ts';
import type { FindTraceSummariesResponse as _jaeger_storage_v2_FindTraceSummariesResponse, FindTraceSummariesResponse__Output as _jaeger_storage_v2_FindTraceSummariesResponse__Output } from '../../../jaeger/storage/v2/FindTraceSummariesResponse.ts';
import type { FindTracesRequest as _jaeger_storage_v2_FindTracesRequest, FindTracesRequest__Output as _jaeger_storage_v2_FindTracesRequest__Output } from '../../../jaeger/storage/v2/FindTracesRequest.ts';
import type { GetOperationsRequest as _jaeger_storage_v2_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_storage_v2_GetOperationsRequest__Output } from '../../../jaeger/storage/v2/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_storage_v2_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_storage_v2_GetOperationsResponse__Output } from '../../../jaeger/storage/v2/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_storage_v2_GetServicesRequest, GetServicesRequest__Output as _jaeger_storage_v2_GetServicesRequest__Output } from '../../../jaeger/storage/v2/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_storage_v2_GetServicesResponse, GetServicesResponse__Output as _jaeger_storage_v2_GetServicesResponse__Output } from '../../../jaeger/storage/v2/GetServicesResponse.ts';
import type { GetTracesRequest as _jaeger_storage_v2_GetTracesRequest, GetTracesRequest__Output as _jaeger_storage_v2_GetTracesRequest__Output } from '../../../jaeger/storage/v2/GetTracesRequest.ts';
import type { TracesData as _opentelemetry_proto_trace_v1_TracesData, TracesData__Output as _opentelemetry_proto_trace_v1_TracesData__Output } from '../../../opentelemetry/proto/trace/v1/TracesData.ts';

export interface TraceReaderClient extends grpc.Client {
  FindTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  FindTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  FindTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  FindTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  findTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  findTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  findTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  findTraceIDs(argument: _jaeger_storage_v2_FindTraceIDsRequest, callback: grpc.requestCallback<_jaeger_storage_v2_FindTraceIDsResponse__Output>): grpc.ClientUnaryCall;
  
  FindTraceSummaries(argument: _jaeger_storage_v2_FindTraceSummariesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_storage_v2_FindTraceSummariesResponse__Output>;
  FindTraceSummaries(argument: _jaeger_storage_v2_FindTraceSummariesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_storage_v2_FindTraceSummariesResponse__Output>;
  findTraceSummaries(argument: _jaeger_storage_v2_FindTraceSummariesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_storage_v2_FindTraceSummariesResponse__Output>;
  findTraceSummaries(argument: _jaeger_storage_v2_FindTraceSummariesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_jaeger_storage_v2_FindTraceSummariesResponse__Output>;
  
  FindTraces(argument: _jaeger_storage_v2_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  FindTraces(argument: _jaeger_storage_v2_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  findTraces(argument: _jaeger_storage_v2_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  findTraces(argument: _jaeger_storage_v2_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  
  GetOperations(argument: _jaeger_storage_v2_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_storage_v2_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_storage_v2_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  GetOperations(argument: _jaeger_storage_v2_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_storage_v2_GetOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_storage_v2_GetOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_storage_v2_GetOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  getOperations(argument: _jaeger_storage_v2_GetOperationsRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetOperationsResponse__Output>): grpc.ClientUnaryCall;
  
  GetServices(argument: _jaeger_storage_v2_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_storage_v2_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_storage_v2_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  GetServices(argument: _jaeger_storage_v2_GetServicesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_storage_v2_GetServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_storage_v2_GetServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_storage_v2_GetServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  getServices(argument: _jaeger_storage_v2_GetServicesRequest, callback: grpc.requestCallback<_jaeger_storage_v2_GetServicesResponse__Output>): grpc.ClientUnaryCall;
  
  GetTraces(argument: _jaeger_storage_v2_GetTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  GetTraces(argument: _jaeger_storage_v2_GetTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  getTraces(argument: _jaeger_storage_v2_GetTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  getTraces(argument: _jaeger_storage_v2_GetTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_opentelemetry_proto_trace_v1_TracesData__Output>;
  
}

export interface TraceReaderHandlers extends grpc.UntypedServiceImplementation {
  FindTraceIDs: grpc.handleUnaryCall<_jaeger_storage_v2_FindTraceIDsRequest__Output, _jaeger_storage_v2_FindTraceIDsResponse>;
  
  FindTraceSummaries: grpc.handleServerStreamingCall<_jaeger_storage_v2_FindTraceSummariesRequest__Output, _jaeger_storage_v2_FindTraceSummariesResponse>;
  
  FindTraces: grpc.handleServerStreamingCall<_jaeger_storage_v2_FindTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData>;
  
  GetOperations: grpc.handleUnaryCall<_jaeger_storage_v2_GetOperationsRequest__Output, _jaeger_storage_v2_GetOperationsResponse>;
  
  GetServices: grpc.handleUnaryCall<_jaeger_storage_v2_GetServicesRequest__Output, _jaeger_storage_v2_GetServicesResponse>;
  
  GetTraces: grpc.handleServerStreamingCall<_jaeger_storage_v2_GetTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData>;
  
}

export interface TraceReaderDefinition extends grpc.ServiceDefinition {
  FindTraceIDs: MethodDefinition<_jaeger_storage_v2_FindTraceIDsRequest, _jaeger_storage_v2_FindTraceIDsResponse, _jaeger_storage_v2_FindTraceIDsRequest__Output, _jaeger_storage_v2_FindTraceIDsResponse__Output>
  FindTraceSummaries: MethodDefinition<_jaeger_storage_v2_FindTraceSummariesRequest, _jaeger_storage_v2_FindTraceSummariesResponse, _jaeger_storage_v2_FindTraceSummariesRequest__Output, _jaeger_storage_v2_FindTraceSummariesResponse__Output>
  FindTraces: MethodDefinition<_jaeger_storage_v2_FindTracesRequest, _opentelemetry_proto_trace_v1_TracesData, _jaeger_storage_v2_FindTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData__Output>
  GetOperations: MethodDefinition<_jaeger_storage_v2_GetOperationsRequest, _jaeger_storage_v2_GetOperationsResponse, _jaeger_storage_v2_GetOperationsRequest__Output, _jaeger_storage_v2_GetOperationsResponse__Output>
  GetServices: MethodDefinition<_jaeger_storage_v2_GetServicesRequest, _jaeger_storage_v2_GetServicesResponse, _jaeger_storage_v2_GetServicesRequest__Output, _jaeger_storage_v2_GetServicesResponse__Output>
  GetTraces: MethodDefinition<_jaeger_storage_v2_GetTracesRequest, _opentelemetry_proto_trace_v1_TracesData, _jaeger_storage_v2_GetTracesRequest__Output, _opentelemetry_proto_trace_v1_TracesData__Output>
}
