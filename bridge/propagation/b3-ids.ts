import { readHexId } from './hex-id.ts'
import type { LossList } from './loss.ts'
import type { SpanReference } from './propagated.ts'

/** The ids of B3 as written; `fields` are the headers that they are in. */
export interface B3Ids {
  readonly trace: string
  readonly span: string
  readonly parent: string | undefined
  readonly fields: { readonly trace: string; readonly span: string; readonly parent: string }
}

/**
 * The span that the ids name; undefined when trace or span are none. A bad parent is left out alone.
 *
 * Source: b3-propagation, Identifiers. It asks for 16 or 32 lower-case digits; clients of Jaeger
 * leave leading zeros out, so fewer are taken too, and either case.
 */
export function readB3Ids({ trace, span, parent, fields }: B3Ids, losses: LossList) {
  const [traceId, spanId] = [readHexId(trace, 32), readHexId(span, 16)]
  if ('reason' in traceId) losses.add(fields.trace, traceId.reason)
  if ('reason' in spanId) losses.add(fields.span, spanId.reason)
  if ('reason' in traceId || 'reason' in spanId) return undefined
  const found: SpanReference = { traceId: traceId.id, spanId: spanId.id }
  if (parent === undefined) return found
  const parentId = readHexId(parent, 16)
  if ('id' in parentId) return { ...found, parentSpanId: parentId.id }
  losses.add(fields.parent, parentId.reason)
  return found
}
