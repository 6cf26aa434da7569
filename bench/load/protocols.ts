import { gzipSync } from 'node:zlib'
import type { LoadConnection } from './call-result.ts'
import { Http1Client } from './http1-client.ts'
import { RenewedClient } from './renewed-client.ts'
import type { TemplateFormat } from './template-builder.ts'
import { grpcPrefixBytes } from './templates.ts'

/** Protocols that load can be sent in. */
export const protocols = [
  'otlp-grpc',
  'otlp-http',
  'jaeger-grpc',
  'jaeger-thrift-http',
  'zipkin-http-json',
] as const
export type Protocol = (typeof protocols)[number]

interface ProtocolFacts {
  /** Name of the gateway's listener, as in its ready line. */
  readonly listener: string
  readonly path: string
  readonly format: TemplateFormat
  /** Of a protocol over HTTP/1.1; the others are gRPC. */
  readonly contentType?: string
}

/** What is fixed for each protocol. */
export const protocolFacts: Readonly<Record<Protocol, ProtocolFacts>> = {
  'otlp-grpc': {
    listener: 'otlp.grpc',
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    format: 'otlp',
  },
  'otlp-http': {
    listener: 'otlp.http',
    path: '/v1/traces',
    format: 'otlp',
    contentType: 'application/x-protobuf',
  },
  'jaeger-grpc': {
    listener: 'jaeger.grpc',
    path: '/jaeger.api_v2.CollectorService/PostSpans',
    format: 'jaeger',
  },
  'jaeger-thrift-http': {
    listener: 'jaeger.http',
    path: '/api/traces?format=jaeger.thrift',
    format: 'jaeger-thrift',
    contentType: 'application/x-thrift',
  },
  'zipkin-http-json': {
    listener: 'zipkin.http',
    path: '/api/v2/spans',
    format: 'zipkin-json',
    contentType: 'application/json',
  },
}

/** What to connect to, and how. */
export interface ConnectOptions {
  readonly protocol: Protocol
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly inFlight: number
  readonly gzip: boolean
}

/** Opened connections, and how many calls each may have at a time. */
export interface Connected {
  readonly connections: readonly LoadConnection[]
  readonly inFlight: number
}

/** Opens all connections. HTTP/1.1 has one for each call at a time. */
export async function connectAll(options: ConnectOptions): Promise<Connected> {
  const { protocol, host, port, inFlight } = options
  const { path, contentType } = protocolFacts[protocol]
  const at = { host, port }
  if (contentType !== undefined) {
    const headers = options.gzip ? [['content-encoding', 'gzip'] as const] : []
    const count = options.connections * inFlight
    const http = { ...at, post: { path, contentType }, headers }
    const opening = Array.from({ length: count }, () => Http1Client.connect(http))
    return { connections: await Promise.all(opening), inFlight: 1 }
  }
  const headers = options.gzip ? [['grpc-encoding', 'gzip'] as const] : []
  const opening = Array.from({ length: options.connections }, () =>
    RenewedClient.connect({ ...at, path, headers }),
  )
  return { connections: await Promise.all(opening), inFlight }
}

/** A framed message with its body compressed, at the fastest level. */
export function compressed(framed: Buffer): Buffer {
  const body = gzipSync(framed.subarray(grpcPrefixBytes), { level: 1 })
  const prefix = Buffer.alloc(grpcPrefixBytes)
  prefix.writeUInt8(1, 0)
  prefix.writeUInt32BE(body.length, 1)
  return Buffer.concat([prefix, body])
}
