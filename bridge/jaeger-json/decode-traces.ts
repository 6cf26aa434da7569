import { decodeBatches } from '../jaeger-proto/decode-request.ts'
import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import type { JsonLoss } from './json-to-proto.ts'
import { protoOfTraces } from './json-to-proto.ts'

/** What came out of traces in JSON. */
export interface DecodedTraces extends Decoded {
  /** What no span has a place for, counted; what did not occur is absent. */
  readonly lost: ReadonlyMap<JsonLoss, number>
}

/**
 * Traces in the JSON of Jaeger's query service and user interface -> the model: written as Jaeger's
 * protobuf, then read as every Jaeger request is, so that its mapping, repairs and rejections mean
 * the same. Documents are those of `protoOfTraces`. The batch does not keep `json`.
 *
 * @throws WireError for text that is not JSON, with the byte; for a value of the wrong type outside
 * of single spans, with the path to it
 */
export function decodeTraces(json: Uint8Array, options: DecodeOptions): DecodedTraces {
  const { bytes, rejections, lost } = protoOfTraces(json)
  const decoded = decodeBatches(bytes, options)
  if (rejections.list.length === 0) return { ...decoded, lost }
  return { ...decoded, lost, rejected: [...rejections.list, ...decoded.rejected] }
}
