// Original file: proto/jaeger/api_v2/collector.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { PostSpansRequest as _jaeger_api_v2_PostSpansRequest, PostSpansRequest__Output as _jaeger_api_v2_PostSpansRequest__Output } from '../../jaeger/api_v2/PostSpansRequest.ts';
import type { PostSpansResponse as _jaeger_api_v2_PostSpansResponse, PostSpansResponse__Output as _jaeger_api_v2_PostSpansResponse__Output } from '../../jaeger/api_v2/PostSpansResponse.ts';

export interface CollectorServiceClient extends grpc.Client {
  PostSpans(argument: _jaeger_api_v2_PostSpansRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  PostSpans(argument: _jaeger_api_v2_PostSpansRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  PostSpans(argument: _jaeger_api_v2_PostSpansRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  PostSpans(argument: _jaeger_api_v2_PostSpansRequest, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  postSpans(argument: _jaeger_api_v2_PostSpansRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  postSpans(argument: _jaeger_api_v2_PostSpansRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  postSpans(argument: _jaeger_api_v2_PostSpansRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  postSpans(argument: _jaeger_api_v2_PostSpansRequest, callback: grpc.requestCallback<_jaeger_api_v2_PostSpansResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CollectorServiceHandlers extends grpc.UntypedServiceImplementation {
  PostSpans: grpc.handleUnaryCall<_jaeger_api_v2_PostSpansRequest__Output, _jaeger_api_v2_PostSpansResponse>;
  
}

export interface CollectorServiceDefinition extends grpc.ServiceDefinition {
  PostSpans: MethodDefinition<_jaeger_api_v2_PostSpansRequest, _jaeger_api_v2_PostSpansResponse, _jaeger_api_v2_PostSpansRequest__Output, _jaeger_api_v2_PostSpansResponse__Output>
}
