import type { LossList } from './loss.ts'
import type { Propagated } from './propagated.ts'

/** A part of `Propagated` that some formats have no place for. */
export type Part =
  | 'span'
  | 'parentSpanId'
  | 'isRandom'
  | 'isFirehose'
  | 'traceState'
  | 'deferred'
  | 'debug'
  | 'sampling'
  | 'debugId'
  | 'baggage'
  | 'metadata'

/** Tells the parts that are there and that a format does not carry, with the reason `not_carried`. */
export function addNotCarried(
  propagated: Propagated,
  carried: readonly Part[],
  losses: LossList,
): void {
  for (const [part, count] of partsOf(propagated)) {
    if (count > 0 && !carried.includes(part)) losses.add(part, 'not_carried', count)
  }
}

/** How often each part is there. A decision is `sampling` without a span, else only what is unusual. */
function partsOf({ span, sampling, debugId, baggage }: Propagated): readonly [Part, number][] {
  const isAlone = span === undefined
  return [
    ['span', Number(!isAlone)],
    ['parentSpanId', Number(span?.parentSpanId !== undefined)],
    ['isRandom', Number(span?.isRandom === true)],
    ['isFirehose', Number(span?.isFirehose === true)],
    ['traceState', Number(span?.traceState !== undefined)],
    ['deferred', Number(!isAlone && sampling === 'deferred')],
    ['debug', Number(!isAlone && sampling === 'debug')],
    // The debug id asks for what is decided, so it says the decision as well.
    ['sampling', Number(isAlone && sampling !== 'deferred' && debugId === undefined)],
    ['debugId', Number(debugId !== undefined)],
    ['baggage', baggage.length],
    ['metadata', baggage.filter(({ metadata }) => metadata !== undefined).length],
  ]
}
