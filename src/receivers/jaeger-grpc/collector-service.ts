import type { GrpcService } from '../../transport/grpc-service.ts'
import type { UnarySpanServiceOptions } from '../unary-span-service.ts'
import { unarySpanService } from '../unary-span-service.ts'

const source = { receiver: 'jaeger_grpc', format: 'jaeger_proto' } as const

/**
 * jaeger.api_v2.CollectorService, port 14250: spans from Jaeger agents and clients. Answers when they
 * are stored; bad ones are as `unarySpanService` says.
 *
 * Source: jaeger-idl, proto/api_v2/collector.proto.
 */
export function jaegerCollectorService(options: UnarySpanServiceOptions): GrpcService {
  return unarySpanService(options, 'jaeger.api_v2.CollectorService', 'PostSpans', source)
}
