// Original file: proto/spangate/v1/trace_search.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FindTracesRequest as _spangate_v1_FindTracesRequest, FindTracesRequest__Output as _spangate_v1_FindTracesRequest__Output } from '../../spangate/v1/FindTracesRequest.ts';
import type { FindTracesResponse as _spangate_v1_FindTracesResponse, FindTracesResponse__Output as _spangate_v1_FindTracesResponse__Output } from '../../spangate/v1/FindTracesResponse.ts';
import type { ListAttributeNamesRequest as _spangate_v1_ListAttributeNamesRequest, ListAttributeNamesRequest__Output as _spangate_v1_ListAttributeNamesRequest__Output } from '../../spangate/v1/ListAttributeNamesRequest.ts';
import type { ListAttributeNamesResponse as _spangate_v1_ListAttributeNamesResponse, ListAttributeNamesResponse__Output as _spangate_v1_ListAttributeNamesResponse__Output } from '../../spangate/v1/ListAttributeNamesResponse.ts';
import type { ListAttributeValuesRequest as _spangate_v1_ListAttributeValuesRequest, ListAttributeValuesRequest__Output as _spangate_v1_ListAttributeValuesRequest__Output } from '../../spangate/v1/ListAttributeValuesRequest.ts';
import type { ListAttributeValuesResponse as _spangate_v1_ListAttributeValuesResponse, ListAttributeValuesResponse__Output as _spangate_v1_ListAttributeValuesResponse__Output } from '../../spangate/v1/ListAttributeValuesResponse.ts';

export interface TraceSearchServiceClient extends grpc.Client {
  FindTraces(argument: _spangate_v1_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_spangate_v1_FindTracesResponse__Output>;
  FindTraces(argument: _spangate_v1_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_spangate_v1_FindTracesResponse__Output>;
  findTraces(argument: _spangate_v1_FindTracesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_spangate_v1_FindTracesResponse__Output>;
  findTraces(argument: _spangate_v1_FindTracesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_spangate_v1_FindTracesResponse__Output>;
  
  ListAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeNames(argument: _spangate_v1_ListAttributeNamesRequest, callback: grpc.requestCallback<_spangate_v1_ListAttributeNamesResponse__Output>): grpc.ClientUnaryCall;
  
  ListAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  ListAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  listAttributeValues(argument: _spangate_v1_ListAttributeValuesRequest, callback: grpc.requestCallback<_spangate_v1_ListAttributeValuesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TraceSearchServiceHandlers extends grpc.UntypedServiceImplementation {
  FindTraces: grpc.handleServerStreamingCall<_spangate_v1_FindTracesRequest__Output, _spangate_v1_FindTracesResponse>;
  
  ListAttributeNames: grpc.handleUnaryCall<_spangate_v1_ListAttributeNamesRequest__Output, _spangate_v1_ListAttributeNamesResponse>;
  
  ListAttributeValues: grpc.handleUnaryCall<_spangate_v1_ListAttributeValuesRequest__Output, _spangate_v1_ListAttributeValuesResponse>;
  
}

export interface TraceSearchServiceDefinition extends grpc.ServiceDefinition {
  FindTraces: MethodDefinition<_spangate_v1_FindTracesRequest, _spangate_v1_FindTracesResponse, _spangate_v1_FindTracesRequest__Output, _spangate_v1_FindTracesResponse__Output>
  ListAttributeNames: MethodDefinition<_spangate_v1_ListAttributeNamesRequest, _spangate_v1_ListAttributeNamesResponse, _spangate_v1_ListAttributeNamesRequest__Output, _spangate_v1_ListAttributeNamesResponse__Output>
  ListAttributeValues: MethodDefinition<_spangate_v1_ListAttributeValuesRequest, _spangate_v1_ListAttributeValuesResponse, _spangate_v1_ListAttributeValuesRequest__Output, _spangate_v1_ListAttributeValuesResponse__Output>
}
