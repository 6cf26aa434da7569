import { WireWriter } from '../wire/writer.ts'
import { bytesOfIPv4, bytesOfIPv6 } from './ip-text.ts'
import type { ZipkinEndpoint, ZipkinSpan } from './zipkin-span.ts'

/**
 * Spans as zipkin.proto3.ListOfSpans: the same as their JSON says (encode-json.ts), in protobuf.
 *
 *   ListOfSpans  1 spans     repeated Span
 *   Span         1 trace_id, 2 parent_id, 3 id bytes, 4 kind, 5 name, 6 timestamp fixed64, 7 duration
 *                8 local_endpoint, 9 remote_endpoint, 10 annotations, 11 tags, 12 debug, 13 shared
 *
 * Source: zipkin-api, zipkin.proto.
 */
export function zipkinProtoOf(spans: readonly ZipkinSpan[]): Uint8Array {
  const writer = new WireWriter()
  for (const span of spans) writer.message(1, () => writeSpan(writer, span))
  return writer.finish()
}

function writeSpan(writer: WireWriter, span: ZipkinSpan): void {
  writer.bytes(1, Buffer.from(span.traceId, 'hex'))
  writer.bytes(2, Buffer.from(span.parentId ?? '', 'hex'))
  writer.bytes(3, Buffer.from(span.id, 'hex'))
  writer.int32(4, span.kind === undefined ? 0 : kinds[span.kind])
  writer.string(5, span.name ?? '')
  writer.fixed64(6, BigInt(span.timestamp ?? 0))
  writer.int64(7, BigInt(span.duration ?? 0))
  writeEndpoint(writer, 8, span.localEndpoint)
  writeEndpoint(writer, 9, span.remoteEndpoint)
  for (const { timestamp, value } of span.annotations ?? []) {
    writer.message(10, () => {
      writer.fixed64(1, BigInt(timestamp))
      writer.string(2, value)
    })
  }
  for (const [key, value] of Object.entries(span.tags ?? {})) {
    writer.message(11, () => {
      writer.string(1, key)
      writer.string(2, value)
    })
  }
  if (span.debug === true) writer.boolAlways(12, true)
  if (span.shared === true) writer.boolAlways(13, true)
}

/** 1 service_name, 2 ipv4, 3 ipv6, 4 port */
function writeEndpoint(
  writer: WireWriter,
  field: number,
  endpoint: ZipkinEndpoint | undefined,
): void {
  if (endpoint === undefined) return
  const { serviceName = '', ipv4, ipv6, port = 0 } = endpoint
  writer.message(field, () => {
    writer.string(1, serviceName)
    if (ipv4 !== undefined) writer.bytes(2, bytesOfIPv4(ipv4))
    if (ipv6 !== undefined) writer.bytes(3, bytesOfIPv6(ipv6))
    writer.uint32(4, port)
  })
}

/** zipkin.proto3.Span.Kind. */
const kinds = { CLIENT: 1, SERVER: 2, PRODUCER: 3, CONSUMER: 4 } as const
