import type { handleUnaryCall } from '@grpc/grpc-js'
import { decodeServiceName } from '../../bridge/jaeger-sampling/decode-service-name.ts'
import type { GrpcService } from '../transport/grpc-service.ts'
import type { StrategyAnswers } from './strategy-answers.ts'

/** An object, as grpc-js takes an empty name by itself for a request that has not come. */
interface Question {
  readonly service: string
}

/**
 * jaeger.api_v2.SamplingManager. A service that is named nowhere gets the default, as does an empty name.
 *
 * Source: jaeger-idl, proto/api_v2/sampling.proto.
 *
 * @param listener label of the port in metrics
 */
export function samplingService(answers: StrategyAnswers, listener: string): GrpcService {
  const handle: handleUnaryCall<Question, Buffer> = ({ request }, respond) => {
    respond(null, answers.proto(request.service, listener))
  }
  return {
    definition: {
      GetSamplingStrategy: {
        path: '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer): Question => ({ service: decodeServiceName(bytes) }),
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: { GetSamplingStrategy: handle },
    copiesRequests: true,
  }
}
