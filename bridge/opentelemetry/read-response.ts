import { expectWireType, WireReader, WireType } from '../wire/reader.ts'

/** What a server says of a request that it took. */
export interface PartialSuccess {
  /** Spans that it left out; 0 where it took all. */
  readonly rejectedSpans: number
  /** Why, or a warning where none was left out; may be empty. */
  readonly message: string
}

/**
 * ExportTraceServiceResponse.
 *
 *   1 partial_success   1 rejected_spans int64, 2 error_message string
 *
 * Source: opentelemetry-proto, collector/trace/v1/trace_service.proto.
 *
 * @throws WireError
 */
export function readResponse(bytes: Uint8Array): PartialSuccess {
  const reader = new WireReader(bytes)
  let rejectedSpans = 0
  let message = ''
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 !== 1) {
      reader.skip(tag)
      continue
    }
    expectWireType(tag, WireType.bytes, reader)
    const partial = new WireReader(reader.slice())
    while (partial.more()) {
      const inner = partial.tag()
      if (inner >>> 3 === 1) rejectedSpans = Number(partial.int64())
      else if (inner >>> 3 === 2) message = partial.string()
      else partial.skip(inner)
    }
  }
  return { rejectedSpans, message }
}
