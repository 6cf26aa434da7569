import { status } from '@grpc/grpc-js'
import { refusalOf } from '../../bridge/opentelemetry/grpc-refusal.ts'
import type { SpanTransport, TransportAnswer } from '../../bridge/opentelemetry/span-transport.ts'
import type { GrpcChannelOptions, GrpcOutcome } from './grpc-channel.ts'
import { openGrpcChannel } from './grpc-channel.ts'

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/**
 * OTLP over gRPC.
 *
 * @throws as `openGrpcChannel`
 */
export function createGrpcTransport(options: GrpcChannelOptions): SpanTransport {
  const channel = openGrpcChannel(options)
  return {
    send: async (request, how) => answerOf(await channel.call(path, request, how)),
    close: () => channel.close(),
  }
}

function answerOf(outcome: GrpcOutcome): TransportAnswer {
  if (outcome.kind === 'answer') return { kind: 'taken', response: outcome.bytes }
  const { code, details: message, metadata } = outcome.error
  const [details] = metadata?.get('grpc-status-details-bin') ?? []
  const name = status[code] ?? String(code)
  return refusalOf({ code, name, message, ...(Buffer.isBuffer(details) && { details }) })
}
