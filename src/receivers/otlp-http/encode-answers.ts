import { WireWriter } from '../../../bridge/wire/writer.ts'
import type { HttpFailure } from '../../errors/http-status.ts'
import { mediaTypeOf } from '../../transport/media-type.ts'
import { encodeExportResponse } from '../otlp-grpc/trace-service.ts'
import type { ReceivedSpans } from '../receive-spans.ts'
import { describeRejected } from '../receive-spans.ts'

/** How bodies are written; answers are as the request was. */
export interface OtlpEncoding {
  readonly format: 'otlp_proto' | 'otlp_json'
  readonly contentType: string
  /** ExportTraceServiceResponse. */
  response(received: ReceivedSpans): Uint8Array | string
  /** google.rpc.Status: 1 code int32, 2 message string. */
  status(failure: Pick<HttpFailure, 'code' | 'message'>): Uint8Array | string
}

/**
 * Bodies in protobuf.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#binary-protobuf-encoding
 */
export const protobufBodies: OtlpEncoding = {
  format: 'otlp_proto',
  contentType: 'application/x-protobuf',
  response: encodeExportResponse,
  status({ code, message }) {
    const writer = new WireWriter(256)
    writer.int32(1, code)
    writer.string(2, message)
    return writer.finish()
  },
}

/**
 * Bodies in JSON; a 64-bit integer is a string. A request that has fields but no span gets a warning, for
 * its sender has most likely meant some.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const jsonBodies: OtlpEncoding = {
  format: 'otlp_json',
  contentType: 'application/json',
  response({ spans, rejected, skippedFields, firstSkipped }) {
    // Nothing of what is there was understood: whoever sent it believes that spans were.
    const isForeign = spans === 0 && skippedFields > 0
    if (rejected.length === 0 && !isForeign) return '{}'
    const errorMessage = isForeign
      ? `The request has no span that is known: ${skippedFields} fields were read over, the first is ${JSON.stringify(firstSkipped ?? 'a group without spans')}`
      : describeRejected(rejected)
    return JSON.stringify({
      partialSuccess: { rejectedSpans: String(rejected.length), errorMessage },
    })
  },
  status: ({ code, message }) => JSON.stringify({ code, message }),
}

/** The bodies of a content type, whatever its parameters; undefined for one that OTLP does not have. */
export function bodiesOf(contentType: string | undefined): OtlpEncoding | undefined {
  const type = mediaTypeOf(contentType)
  if (type === protobufBodies.contentType) return protobufBodies
  return type === jsonBodies.contentType ? jsonBodies : undefined
}
