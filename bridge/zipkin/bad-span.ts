import type { RejectReason } from '../model/span.ts'

/** Thrown for a span that is refused while the others of its list are kept. */
export class BadSpan extends Error {
  override readonly name = 'BadSpan'
  reason: RejectReason = 'malformed'
  /** What is wrong with which field. */
  state = ''
}

/** There is one for all, as bad spans may be many and a stack for each would cost more than they. */
const badSpan = new BadSpan('a span that is refused')

/** Refuses the span that is read. @param state for example `[3].tags must be an object` */
export function refuse(reason: RejectReason, state: string): never {
  badSpan.reason = reason
  badSpan.state = state
  throw badSpan
}
