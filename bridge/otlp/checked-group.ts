import { createBatchMemory } from '../model/batch-memory.ts'
import type { DecodeLimits, RepairName } from '../model/decoded.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Rejected } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { GroupField, groupSlice } from '../model/span-batch.ts'
import { WireError } from '../wire/wire-error.ts'
import { WireWriter } from '../wire/writer.ts'
import type { BatchBuilder } from './batch-builder.ts'
import { decodeRequest } from './decode-request.ts'
import type { SpanOutput } from './span-output.ts'

/** What a group has besides spans, as bridge/otlp checked and repaired it. */
export interface CheckedGroup {
  /** The body of the Resource, and behind it the one of the InstrumentationScope. */
  readonly bytes: Uint8Array
  readonly resourceLength: number
  /** Where the service's name is in the resource, and how long it is. */
  readonly serviceAt: number
  readonly serviceLength: number
  /** What had to be repaired. */
  readonly repairs: ReadonlyMap<RepairName, number>
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
): CheckedGroup | Rejected {
  try {
    const bytes = requestOf(resource, scope)
    const { batch, rejected, repairs } = decodeRequest(bytes, { arrivalUnixMs: 0, limits, memory })
    return rejected[0] ?? checkedGroup(batch, repairs)
  } catch (error) {
    if (error instanceof WireError) return { reason: 'malformed', message: error.message }
    throw error
  }
}

function checkedGroup(batch: SpanBatch, repairs: CheckedGroup['repairs']): CheckedGroup {
  const resource = groupSlice(batch, 0, GroupField.resource)
  const service = groupSlice(batch, 0, GroupField.serviceName)
  const scope = groupSlice(batch, 0, GroupField.scope)
  const bytes = new Uint8Array(resource.length + scope.length)
  bytes.set(resource)
  bytes.set(scope, resource.length)
  const serviceAt = service.byteOffset - resource.byteOffset
  return {
    bytes,
    resourceLength: resource.length,
    serviceAt,
    serviceLength: service.length,
    repairs,
  }
}

/** Writes what a group has besides spans, and sets it in the builder under its index. */
export function placeGroup(
  builder: BatchBuilder,
  out: SpanOutput,
  { bytes, resourceLength, serviceAt, serviceLength }: CheckedGroup,
  index: number,
): void {
  const { size } = out
  builder.setSlice(index, GroupField.resource, size, resourceLength)
  builder.setSlice(index, GroupField.serviceName, size + serviceAt, serviceLength)
  builder.setSlice(index, GroupField.scope, size + resourceLength, bytes.length - resourceLength)
  out.raw(bytes)
}

/** An ExportTraceServiceRequest with one group and a span that is always good. */
function requestOf(resource: Uint8Array, scope: Uint8Array): Uint8Array {
  const writer = new WireWriter(resource.length + scope.length + aroundBytes)
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

/** Tags and lengths around resource and scope, and the span. */
const aroundBytes = 64

/** For the index of one group after the other: of each only bytes are kept. */
const memory = createBatchMemory(
  { groups: 1, spans: 1, terms: 0, bytes: 0 },
  (sizeBytes) => new ArrayBuffer(sizeBytes),
)
