import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import type { Pieces } from '../../transport/message-collector.ts'
import { unaryHandler } from '../../transport/unary-handler.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { describeRejected, receiveSpans } from '../receive-spans.ts'

/** What the service is made of. */
export interface JaegerCollectorServiceOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

const source = { receiver: 'jaeger_grpc', format: 'jaeger_proto' } as const
/** Bad spans are logged at most this often; all of them are counted. */
const logEveryMs = 10_000

/**
 * jaeger.api_v2.CollectorService, port 14250: spans from Jaeger agents and clients. Answers when they
 * are stored. The answer has no place for bad spans: they are counted by reason, and the request
 * succeeds as long as one span is good or there is none at all.
 *
 * Source: jaeger-idl, proto/api_v2/collector.proto.
 */
export function jaegerCollectorService(options: JaegerCollectorServiceOptions): GrpcService {
  let loggedMs = Number.NEGATIVE_INFINITY
  const postSpans: handleUnaryCall<Pieces, undefined> = unaryHandler(
    options.logger,
    async (pieces: Pieces, { held, deadlineUnixMs, signal }) => {
      const { spans, rejected } = await receiveSpans(options, {
        source,
        pieces,
        held,
        deadlineUnixMs,
        signal,
      })
      if (rejected.length === 0) return undefined
      const why = describeRejected(rejected)
      if (rejected.length === spans) {
        throw new GatewayError('invalid_argument', `Cannot take spans: none is good: ${why}`)
      }
      if (performance.now() - loggedMs >= logEveryMs) {
        loggedMs = performance.now()
        options.logger.warn({ ...source, rejected: rejected.length, spans, why }, 'spans rejected')
      }
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
