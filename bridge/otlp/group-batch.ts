import type { DecodeLimits } from '../model/decoded.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Rejected } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { GroupField, groupSlice } from '../model/span-batch.ts'
import { WireError } from '../wire/wire-error.ts'
import { WireWriter } from '../wire/writer.ts'
import type { BatchBuilder } from './batch-builder.ts'
import { decodeRequest } from './decode-request.ts'
import type { SpanOutput } from './span-output.ts'

/** A batch of nothing but a group, and what had to be repaired of it. */
export interface GroupBatch {
  readonly batch: SpanBatch
  readonly repairs: ReturnType<typeof decodeRequest>['repairs']
}

/**
 * A resource and a scope that another format was translated into, checked and repaired as those of
 * OTLP are: it is what `decodeRequest` makes of them around a span that is always good.
 *
 * @param resource body of a Resource message
 * @param scope body of an InstrumentationScope message
 * @returns why all spans of the group are refused, where they are
 */
export function decodeGroup(
  resource: Uint8Array,
  scope: Uint8Array,
  limits: DecodeLimits,
): GroupBatch | Rejected {
  try {
    const bytes = requestOf(resource, scope)
    const { batch, rejected, repairs } = decodeRequest(bytes, { arrivalUnixMs: 0, limits })
    return rejected[0] ?? { batch, repairs }
  } catch (error) {
    if (error instanceof WireError) return { reason: 'malformed', message: error.message }
    throw error
  }
}

/** Writes what a group has besides spans, and sets it in the builder under its index. */
export function placeGroup(
  builder: BatchBuilder,
  out: SpanOutput,
  batch: SpanBatch,
  index: number,
): void {
  const resource = groupSlice(batch, 0, GroupField.resource)
  const service = groupSlice(batch, 0, GroupField.serviceName)
  const scope = groupSlice(batch, 0, GroupField.scope)
  const serviceAt = out.size + service.byteOffset - resource.byteOffset
  builder.setSlice(index, GroupField.resource, out.size, resource.length)
  builder.setSlice(index, GroupField.serviceName, serviceAt, service.length)
  out.raw(resource)
  builder.setSlice(index, GroupField.scope, out.size, scope.length)
  out.raw(scope)
}

/** An ExportTraceServiceRequest with one group and a span that is always good. */
function requestOf(resource: Uint8Array, scope: Uint8Array): Uint8Array {
  const writer = new WireWriter()
  writer.message(1, () => {
    writer.message(1, () => writer.raw(resource))
    writer.message(2, () => {
      writer.message(1, () => writer.raw(scope))
      writer.message(2, () => writer.raw(goodSpan))
    })
  })
  return writer.finish()
}

/** Trace id, span id and name. */
const goodSpan = Buffer.concat([
  Buffer.of(0x0a, traceIdLength),
  Buffer.alloc(traceIdLength, 1),
  Buffer.of(0x12, spanIdLength),
  Buffer.alloc(spanIdLength, 1),
  Buffer.from('\x2a\x04span'),
])
