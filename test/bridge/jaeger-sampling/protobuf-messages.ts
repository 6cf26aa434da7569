import { loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { ProtoGrpcType } from '../../../proto/gen/spangate.ts'
import { projectRoot } from '../../project-root.ts'

/** The messages of jaeger.api_v2.SamplingManager as protobufjs writes and reads them. */
export function protobufMessages() {
  const { jaeger } = loadPackageDefinition(
    loadSync('jaeger/api_v2/sampling.proto', {
      includeDirs: [`${projectRoot}/proto`],
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    }),
  ) as unknown as ProtoGrpcType
  const { GetSamplingStrategy } = jaeger.api_v2.SamplingManager.service
  return {
    parametersOf: (serviceName: string) => GetSamplingStrategy.requestSerialize({ serviceName }),
    responseOf: (bytes: Uint8Array) => GetSamplingStrategy.responseDeserialize(Buffer.from(bytes)),
  }
}
