// Original file: proto/zipkin/proto3/zipkin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListOfSpans as _zipkin_proto3_ListOfSpans, ListOfSpans__Output as _zipkin_proto3_ListOfSpans__Output } from '../../zipkin/proto3/ListOfSpans.ts';
import type { ReportResponse as _zipkin_proto3_ReportResponse, ReportResponse__Output as _zipkin_proto3_ReportResponse__Output } from '../../zipkin/proto3/ReportResponse.ts';

export interface SpanServiceClient extends grpc.Client {
  Report(argument: _zipkin_proto3_ListOfSpans, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _zipkin_proto3_ListOfSpans, metadata: grpc.Metadata, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _zipkin_proto3_ListOfSpans, options: grpc.CallOptions, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _zipkin_proto3_ListOfSpans, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _zipkin_proto3_ListOfSpans, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _zipkin_proto3_ListOfSpans, metadata: grpc.Metadata, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _zipkin_proto3_ListOfSpans, options: grpc.CallOptions, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _zipkin_proto3_ListOfSpans, callback: grpc.requestCallback<_zipkin_proto3_ReportResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface SpanServiceHandlers extends grpc.UntypedServiceImplementation {
  Report: grpc.handleUnaryCall<_zipkin_proto3_ListOfSpans__Output, _zipkin_proto3_ReportResponse>;
  
}

export interface SpanServiceDefinition extends grpc.ServiceDefinition {
  Report: MethodDefinition<_zipkin_proto3_ListOfSpans, _zipkin_proto3_ReportResponse, _zipkin_proto3_ListOfSpans__Output, _zipkin_proto3_ReportResponse__Output>
}
