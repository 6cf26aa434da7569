import type { GrpcService } from '../../transport/grpc-service.ts'
import type { UnarySpanServiceOptions } from '../unary-span-service.ts'
import { unarySpanService } from '../unary-span-service.ts'

const source = { receiver: 'zipkin_grpc', format: 'zipkin_proto' } as const

/**
 * zipkin.proto3.SpanService, port 4317: spans from Zipkin's reporters. Answers when they are stored;
 * bad ones are as `unarySpanService` says.
 *
 * Zipkin's own server has it on 9411 when it is told to; that port here is of HTTP/1.1 alone
 * (docs/adr/0008-http-receivers.md).
 *
 * Source: zipkin-api, zipkin.proto.
 */
export function zipkinSpanService(options: UnarySpanServiceOptions): GrpcService {
  return unarySpanService(options, 'zipkin.proto3.SpanService', 'Report', source)
}
