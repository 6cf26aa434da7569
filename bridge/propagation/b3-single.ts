import { readB3Ids } from './b3-ids.ts'
import type { Extracted, Format, Injected } from './format.ts'
import type { LossList } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import type { Propagated, Sampling } from './propagated.ts'
import { nothingPropagated } from './propagated.ts'
import { trimOws } from './traceparent.ts'

const header = 'b3'
const fields = { trace: header, span: header, parent: header }
const states = new Map<string, Sampling>([
  ['0', 'denied'],
  ['1', 'accepted'],
  ['d', 'debug'],
])
/** Ids of 32, 16 and 16 digits, one for the state, and what is between them. */
const lengthMax = 68

/**
 * B3 in one header:
 *
 *     trace-id "-" span-id ["-" state] ["-" parent-id]      or the state alone
 *
 * State is 0 denied, 1 accepted, d debug; without it the receiver decides. A parent directly after
 * the span is told from a state by its length. Of several headers the first counts.
 *
 * Source: b3-propagation, Single Header.
 */
export const b3Single: Format = {
  fields: [header],
  extract(carrier): Extracted {
    const losses = createLossList()
    const [value, ...others] = carrier.values(header, losses)
    if (others.length > 0) losses.add(header, 'duplicate', others.length)
    const propagated = value === undefined ? nothingPropagated : parse(trimOws(value), losses)
    return { propagated, losses: losses.list() }
  },
  inject(propagated): Injected {
    const losses = createLossList()
    addNotCarried(propagated, ['span', 'parentSpanId', 'deferred', 'debug', 'sampling'], losses)
    const { span, sampling } = propagated
    const parts = [span?.traceId, span?.spanId, stateOf(propagated), span?.parentSpanId]
    const value = parts.filter((part) => part !== undefined).join('-')
    const isEmpty = span === undefined && sampling === 'deferred'
    return { fields: isEmpty ? [] : [[header, value]], losses: losses.list() }
  },
}

function parse(text: string, losses: LossList): Propagated {
  const alone = states.get(text)
  if (alone !== undefined) return { sampling: alone, baggage: [] }
  const parts = text.length > lengthMax ? [] : text.split('-')
  const [trace = '', span = '', third, fourth] = parts
  // A state may be left out before a parent.
  const isThirdParent = parts.length === 3 && third?.length === 16
  const sampling = third === undefined || isThirdParent ? 'deferred' : states.get(third)
  if (parts.length < 2 || parts.length > 4 || sampling === undefined) {
    losses.add(header, 'malformed')
    return nothingPropagated
  }
  const parent = isThirdParent ? third : fourth
  const reference = readB3Ids({ trace, span, parent, fields }, losses)
  return reference === undefined ? nothingPropagated : { span: reference, sampling, baggage: [] }
}

function stateOf({ sampling }: Propagated): string | undefined {
  return [...states].find(([, state]) => state === sampling)?.[0]
}
