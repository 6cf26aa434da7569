import { hexOf, isZeroId } from '../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import type { SpanStore, TraceRef } from '../ports/span-store.ts'
import { badField } from './bad-field.ts'
import type { Responses } from './send-responses.ts'

/** Where the traces of one call come from, and how they go out. */
export interface TraceSource {
  readonly store: SpanStore
  readonly tenant: string
  /** The messages of a part of one trace, in the API's format, each within its size. */
  readonly encodePart: (part: SpanBatch) => Iterable<Uint8Array>
  readonly signal: AbortSignal
}

/**
 * One trace, a message at a time; never more than one part of it is held. Ends with the bound for which
 * parts of it were removed.
 *
 * @throws GatewayError 'not_found' when no span of it is stored
 */
export async function* oneTrace(source: TraceSource, trace: TraceRef): Responses {
  const { store, tenant, encodePart, signal } = source
  let found = false
  for await (const part of store.trace(tenant, trace, signal)) {
    for (const message of encodePart(part)) {
      found = true
      yield message
    }
  }
  if (found) return store.lostParts(tenant, trace.traceId)
  const id = hexOf(trace.traceId)
  throw new GatewayError('not_found', `Cannot get trace ${id}: trace not found`)
}

/** The traces that a search finds, each a message at a time, one after the other. */
export async function* foundTraces(source: TraceSource, query: SpanQuery): Responses {
  const { store, tenant, encodePart, signal } = source
  for await (const found of store.find(tenant, query, signal)) {
    if (found.kind === 'end') return found.bound
    for await (const part of found.parts()) yield* encodePart(part)
  }
  return undefined
}

/** @throws GatewayError 'invalid_argument' for the id of all zeros, which names no trace */
export function refuseZeroTraceId(traceId: Uint8Array): void {
  if (isZeroId(traceId)) throw badField('trace_id', 'is all zeros or missing, must name a trace')
}
