import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import type { ExporterLimits } from '../../bridge/opentelemetry/exporter-limits.ts'
import { GatewaySpanExporter } from '../../bridge/opentelemetry/gateway-span-exporter.ts'
import type { SpanTransport } from '../../bridge/opentelemetry/span-transport.ts'
import type { GrpcChannelOptions } from './grpc-channel.ts'
import { createGrpcTransport } from './grpc-transport.ts'
import type { HttpTransportOptions } from './http-transport.ts'
import { createHttpTransport } from './http-transport.ts'
import { nodeRuntime } from './node-runtime.ts'
import { reportLosses } from './report-losses.ts'
import { unknownProtocol } from './unknown-protocol.ts'

/** Where spans go: to a port of a gateway, or to one that runs in this process. */
export type SpanDestination =
  | ({ readonly protocol?: 'grpc' } & GrpcChannelOptions)
  | ({ readonly protocol: 'http/protobuf' } & HttpTransportOptions)
  | {
      /** As `startEmbeddedGateway` of `spangate/gateway` gives it; whoever started it stops it, after the exporter. */
      readonly gateway: { readonly spanTransport: SpanTransport }
    }

/** What differs from the defaults. */
export interface SpanExporterSettings {
  readonly limits?: Partial<ExporterLimits>
  /** Told of spans that did not arrive; without it OpenTelemetry's `diag` is, at a limited rate. */
  readonly onLoss?: (loss: ExportLoss) => void
}

/**
 * A `SpanExporter` for OpenTelemetry's SDK 2.x, to be given to its `BatchSpanProcessor`.
 *
 *     createSpanExporter({ endpoint: 'localhost:4317' })
 *     createSpanExporter({ protocol: 'http/protobuf', endpoint: 'http://localhost:4318' })
 *     createSpanExporter({ gateway })
 *
 * @throws RangeError that names the protocol, the endpoint or the limit which cannot be used
 */
export function createSpanExporter(
  options: SpanDestination & SpanExporterSettings,
): GatewaySpanExporter {
  const { limits, onLoss = reportLosses(nodeRuntime.nowMs) } = options
  return new GatewaySpanExporter({
    transport: transportOf(options),
    runtime: nodeRuntime,
    onLoss,
    ...(limits !== undefined && { limits }),
  })
}

function transportOf(options: SpanDestination): SpanTransport {
  if ('gateway' in options) return options.gateway.spanTransport
  switch (options.protocol) {
    case undefined:
    case 'grpc':
      return createGrpcTransport(options)
    case 'http/protobuf':
      return createHttpTransport(options)
    default:
      throw unknownProtocol(options, ['grpc', 'http/protobuf'])
  }
}
