import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { GroupField, groupStride, SpanField, spanField } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { tracePartBytesMax } from '../../ports/span-store.ts'
import { noArrivalUnixMs, noLimits } from '../no-arrival.ts'
import { decoded } from './remote-storage.ts'

/** Some spans of one trace. */
export interface TracePart {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** As long as a part of a trace may be; its memory is its own. */
  readonly batch: SpanBatch
}

/**
 * The spans of a message of TracesData, trace by trace, in parts as the port has them: a remote may send as
 * much in one message as it likes.
 *
 * @param onDamaged told of spans that are none
 * @throws GatewayError 'store_corrupt' for bytes that are no such message
 */
export function* tracePartsOf(
  bytes: Buffer,
  onDamaged: (error: GatewayError) => void,
): Generator<TracePart, void, void> {
  const action = 'Cannot read traces'
  const options = { arrivalUnixMs: noArrivalUnixMs, limits: noLimits }
  const { batch, rejected } = decoded(action, bytes, (message) => decodeRequest(message, options))
  for (const { message } of rejected) {
    onDamaged(
      new GatewayError('store_corrupt', `${action}: a span of the remote is none: ${message}`),
    )
  }
  const traces = spansByTrace(batch)
  for (const [traceId, spans] of traces) {
    if (traces.size === 1 && batch.bytes.length <= tracePartBytesMax) yield { traceId, batch }
    else {
      for (const part of partsOf(batch, spans)) {
        yield { traceId, batch: selectSpans(batch, part) }
      }
    }
  }
}

/** Spans in lists that are each at most a part, unless one span is longer. */
function* partsOf(batch: SpanBatch, spans: readonly number[]): Generator<number[], void, void> {
  let part: number[] = []
  let size = 0
  let groups = new Set<number>()
  for (const span of spans) {
    const group = spanField(batch, span, SpanField.group)
    const length = spanField(batch, span, SpanField.length)
    let added = length + (groups.has(group) ? 0 : groupBytes(batch, group))
    if (part.length > 0 && size + added > tracePartBytesMax) {
      yield part
      part = []
      size = 0
      groups = new Set()
      added = length + groupBytes(batch, group)
    }
    part.push(span)
    groups.add(group)
    size += added
  }
  if (part.length > 0) yield part
}

/** All slices of a group, but for the service's name, which lies within the resource. */
function groupBytes(batch: SpanBatch, group: number): number {
  let bytes = 0
  for (let field = 0; field < GroupField.serviceName; field += 2) {
    bytes += batch.groups[group * groupStride + field + 1] as number
  }
  return bytes
}
