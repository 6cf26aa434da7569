import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { GrpcService } from '../../transport/grpc-service.ts'
import type { Pieces } from '../../transport/message-collector.ts'
import { unaryHandler } from '../../transport/unary-handler.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'
import { rejectedReporter } from '../report-rejected.ts'

/** What the service is made of. */
export interface ZipkinSpanServiceOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

const source = { receiver: 'zipkin_grpc', format: 'zipkin_proto' } as const

/**
 * zipkin.proto3.SpanService, port 4317: spans from Zipkin's reporters. Answers when they are stored.
 * The answer has no place for bad spans: they are counted by reason, and the request succeeds as long
 * as one span is good or there is none at all.
 *
 * Zipkin's own server has it on 9411 when it is told to; that port here is of HTTP/1.1 alone
 * (docs/adr/0008-http-receivers.md).
 *
 * Source: zipkin-api, zipkin.proto.
 */
export function zipkinSpanService(options: ZipkinSpanServiceOptions): GrpcService {
  const reportRejected = rejectedReporter(options.logger)
  const report: handleUnaryCall<Pieces, undefined> = unaryHandler(
    options.logger,
    async (pieces: Pieces, { held, deadlineUnixMs, signal }) => {
      const incoming = { source, pieces, held, deadlineUnixMs, signal }
      reportRejected(source, await receiveSpans(options, incoming))
      return undefined
    },
  )
  return {
    definition: {
      Report: {
        path: '/zipkin.proto3.SpanService/Report',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        // ReportResponse has no fields.
        responseSerialize: () => empty,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: { Report: report },
    takesPieces: true,
  }
}

const empty = Buffer.alloc(0)
