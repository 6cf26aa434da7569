import type { DecodeLimits } from '../model/decoded.ts'
import type { Rejected, RejectReason } from '../model/span.ts'
import type { WireReader } from '../wire/reader.ts'
import { expectWireType, WireType } from '../wire/reader.ts'
import { UnknownFields } from '../wire/unknown-fields.ts'

/** What the readers of one request share. */
export interface DecodeContext {
  readonly reader: WireReader
  readonly limits: DecodeLimits
  /** Tags, fields, logs, references and warnings read for the current span or process. */
  items: number
  /** Fields whose values are lost, as there is a later one or another one counts. */
  lostFields: number
}

/** Thrown for a span or process that is refused; caught by the request's reader. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  rejected: Rejected = { reason: 'malformed', message: '' }
}

/** There is one for all, as bad spans may be many and a stack for each would cost more than they. */
const refusal = new Refusal('a span that is refused')

/** Refuses the current span or process. */
export function refuse(reason: RejectReason, message: string): never {
  refusal.rejected = { reason, message }
  throw refusal
}

/** Goes into a nested message and returns the end to put back by `leave`. */
export function enter(reader: WireReader, tag: number): number {
  expectWireType(tag, WireType.bytes, reader)
  const length = reader.length()
  const outer = reader.end
  reader.end = reader.position + length
  return outer
}

/** Counts one more element of a list and refuses the span when there are too many. */
export function countItem(context: DecodeContext): void {
  context.items += 1
  if (context.items <= context.limits.itemsMax) return
  refuse(
    'too_large',
    `Cannot decode span: it has over ${context.limits.itemsMax} tags, logs and references (itemsMax)`,
  )
}

/** Goes behind a field that nobody knows and keeps it; makes the collector with the first one. */
export function keepUnknown(
  unknown: UnknownFields | undefined,
  reader: WireReader,
  tag: number,
  start: number,
): UnknownFields {
  const kept = unknown ?? new UnknownFields()
  kept.keep(reader, tag, start)
  return kept
}
