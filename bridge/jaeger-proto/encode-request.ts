import type { SpanGroup } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { encodeProcess } from './encode-process.ts'
import { encodeSpan } from './encode-span.ts'

/**
 * Model -> bytes of a jaeger.api_v2.PostSpansRequest: 1 batch, of which 1 spans, in the order of the
 * groups. Each span has its own process and the batch has none, so that requests one behind the
 * other are one request with all their spans, as protobuf merges them.
 *
 * What is lost is counted by count-losses.ts.
 */
export function encodePostSpansRequest(groups: readonly SpanGroup[]): Uint8Array {
  const writer = new WireWriter(64 * 1024)
  writer.message(1, () => {
    for (const { resource, scope, spans } of groups) {
      const processBody = encodeProcess(resource)
      for (const span of spans) {
        writer.message(1, () => encodeSpan(writer, { span, scope, processBody }))
      }
    }
  })
  return writer.finish()
}
