import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { GrpcService } from '../../transport/grpc-service.ts'
import type { Pieces } from '../../transport/message-collector.ts'
import { unaryHandler } from '../../transport/unary-handler.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'
import { rejectedReporter } from '../report-rejected.ts'

/** What the service is made of. */
export interface JaegerCollectorServiceOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

const source = { receiver: 'jaeger_grpc', format: 'jaeger_proto' } as const

/**
 * jaeger.api_v2.CollectorService, port 14250: spans from Jaeger agents and clients. Answers when they
 * are stored. The answer has no place for bad spans: they are counted by reason, and the request
 * succeeds as long as one span is good or there is none at all.
 *
 * Source: jaeger-idl, proto/api_v2/collector.proto.
 */
export function jaegerCollectorService(options: JaegerCollectorServiceOptions): GrpcService {
  const report = rejectedReporter(options.logger)
  const postSpans: handleUnaryCall<Pieces, undefined> = unaryHandler(
    options.logger,
    async (pieces: Pieces, { held, deadlineUnixMs, signal }) => {
      const incoming = { source, pieces, held, deadlineUnixMs, signal }
      report(source, await receiveSpans(options, incoming))
      return undefined
    },
  )
  return {
    definition: {
      PostSpans: {
        path: '/jaeger.api_v2.CollectorService/PostSpans',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        // PostSpansResponse has no fields.
        responseSerialize: () => empty,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: { PostSpans: postSpans },
    takesPieces: true,
  }
}

const empty = Buffer.alloc(0)
