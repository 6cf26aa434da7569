import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import type { Pieces } from '../../transport/message-collector.ts'
import { unaryHandler } from '../../transport/unary-handler.ts'
import type { ReceivedSpans, SpanReceiverOptions } from '../receive-spans.ts'
import { describeRejected, receiveSpans } from '../receive-spans.ts'

/** What the service is made of. */
export interface OtlpTraceServiceOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

/**
 * opentelemetry.proto.collector.trace.v1.TraceService, port 4317: spans from OpenTelemetry SDKs and
 * Collectors. Answers when they are stored; bad spans are told in `partial_success`, the others kept.
 *
 * Source: opentelemetry-proto, collector/trace/v1/trace_service.proto; what clients make of the
 * answers: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 *
 * @param receiver the label of its counters
 */
export function otlpTraceService(
  options: OtlpTraceServiceOptions,
  receiver = 'otlp_grpc',
): GrpcService {
  const source = { receiver, format: 'otlp_proto' } as const
  const exportSpans: handleUnaryCall<Pieces, ReceivedSpans> = unaryHandler(
    options.logger,
    (pieces: Pieces, { held, deadlineUnixMs, signal }) =>
      receiveSpans(options, { source, pieces, held, deadlineUnixMs, signal }),
  )
  return {
    definition: {
      Export: {
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: encodeExportResponse,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: { Export: exportSpans },
    takesPieces: true,
  }
}

const empty = Buffer.alloc(0)

/**
 * ExportTraceServiceResponse.
 *
 *   1 partial_success   1 rejected_spans int64, 2 error_message string; only when some were rejected
 */
export function encodeExportResponse({ rejected }: ReceivedSpans): Buffer {
  if (rejected.length === 0) return empty
  const writer = new WireWriter(256)
  writer.message(1, (partial) => {
    partial.int64(1, BigInt(rejected.length))
    partial.string(2, describeRejected(rejected))
  })
  return Buffer.from(writer.finish())
}
