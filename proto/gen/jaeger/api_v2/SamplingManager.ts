// Original file: proto/jaeger/api_v2/sampling.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { SamplingStrategyParameters as _jaeger_api_v2_SamplingStrategyParameters, SamplingStrategyParameters__Output as _jaeger_api_v2_SamplingStrategyParameters__Output } from '../../jaeger/api_v2/SamplingStrategyParameters.ts';
import type { SamplingStrategyResponse as _jaeger_api_v2_SamplingStrategyResponse, SamplingStrategyResponse__Output as _jaeger_api_v2_SamplingStrategyResponse__Output } from '../../jaeger/api_v2/SamplingStrategyResponse.ts';

export interface SamplingManagerClient extends grpc.Client {
  GetSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  GetSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  GetSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  GetSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  getSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  getSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, metadata: grpc.Metadata, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  getSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, options: grpc.CallOptions, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  getSamplingStrategy(argument: _jaeger_api_v2_SamplingStrategyParameters, callback: grpc.requestCallback<_jaeger_api_v2_SamplingStrategyResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface SamplingManagerHandlers extends grpc.UntypedServiceImplementation {
  GetSamplingStrategy: grpc.handleUnaryCall<_jaeger_api_v2_SamplingStrategyParameters__Output, _jaeger_api_v2_SamplingStrategyResponse>;
  
}

export interface SamplingManagerDefinition extends grpc.ServiceDefinition {
  GetSamplingStrategy: MethodDefinition<_jaeger_api_v2_SamplingStrategyParameters, _jaeger_api_v2_SamplingStrategyResponse, _jaeger_api_v2_SamplingStrategyParameters__Output, _jaeger_api_v2_SamplingStrategyResponse__Output>
}
