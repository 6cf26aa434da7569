import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { GrpcService } from '../grpc-service.ts'
import { answerReflection } from './answer-reflection.ts'
import type { Descriptors } from './descriptors.ts'

/**
 * Server reflection, v1 and v1alpha: the same messages under two names.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @param services names that are listed
 */
export function reflectionServices(
  descriptors: Descriptors,
  services: readonly string[],
): readonly GrpcService[] {
  return ['v1', 'v1alpha'].map((version) => ({
    definition: {
      ServerReflectionInfo: {
        path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        requestStream: true,
        responseStream: true,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: {
      ServerReflectionInfo: (call: ServerDuplexStream<Buffer, Buffer>) => {
        // An answer waits for room before the next request is read.
        call.on('data', (request: Buffer) => {
          if (call.write(answerReflection(descriptors, services, request))) return
          call.pause()
          call.once('drain', () => call.resume())
        })
        call.on('end', () => call.end())
        // The client went away: there is nobody to answer.
        call.on('error', () => {})
      },
    },
  }))
}
