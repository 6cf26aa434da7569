import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { RequestDensity } from '../model/request-density.ts'
import { decodeRequest } from './decode-request.ts'
import { protoOfJson } from './json-to-proto.ts'

/**
 * An ExportTraceServiceRequest in OTLP JSON: written as protobuf, then read as every request is, so
 * that limits, repairs and rejections mean the same. The batch does not keep `json`. No bytes at all
 * are a request without spans, as they are in protobuf.
 *
 * @throws WireError for text that is not JSON, with the byte; for a value of the wrong type outside
 * of single spans, with the path to it
 */
export function decodeJsonRequest(json: Uint8Array, options: DecodeOptions): Decoded {
  if (json.length === 0) return decodeRequest(json, options)
  const density = RequestDensity.of(options, json.length, memberBytesMin)
  const { bytes, rejections, skippedFields, firstSkipped } = protoOfJson(json, density)
  const decoded = decodeRequest(bytes, { ...options, isRequest: false })
  if (rejections.list.length === 0 && skippedFields === 0) return decoded
  const skipped = skippedFields + (decoded.skippedFields ?? 0)
  return {
    ...decoded,
    rejected: [...rejections.list, ...decoded.rejected],
    ...(skipped > 0 && { skippedFields: skipped }),
    ...(firstSkipped !== undefined && { firstSkipped }),
  }
}

/** An object with one member whose name and value are empty. */
const memberBytesMin = 7
