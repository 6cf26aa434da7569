import type { Extracted, Format, Injected } from './format.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import type { Propagated } from './propagated.ts'
import { isSampled, nothingPropagated } from './propagated.ts'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'
import { formatTraceState, parseTraceState, shortenTraceState } from './tracestate.ts'

const parentHeader = 'traceparent'
const stateHeader = 'tracestate'

/**
 * W3C Trace Context: `traceparent` and `tracestate`.
 *
 * Two traceparents are none, and without one the tracestate is not looked at. A bad tracestate
 * leaves the traceparent as it is.
 *
 * Source: W3C Trace Context Level 2.
 */
export const traceContext: Format = {
  fields: [parentHeader, stateHeader],
  extract(carrier, limits = defaultPropagationLimits): Extracted {
    const losses = createLossList()
    const propagated = readParent(carrier.values(parentHeader, losses), losses)
    if (propagated.span === undefined) return { propagated, losses: losses.list() }
    const states = carrier.values(stateHeader, losses)
    const { members, loss } = parseTraceState(states, limits.traceStateMembersMax)
    if (loss !== undefined) losses.add(stateHeader, loss.reason, loss.count)
    const traceState = formatTraceState(members)
    const span = { ...propagated.span, ...(traceState !== '' && { traceState }) }
    return { propagated: { ...propagated, span }, losses: losses.list() }
  },
  inject(propagated, limits = defaultPropagationLimits): Injected {
    const losses = createLossList()
    const { span, sampling } = propagated
    addNotCarried(propagated, ['span', 'isRandom', 'traceState'], losses)
    if (span === undefined) return { fields: [], losses: losses.list() }
    const { isRandom = false } = span
    const parent = formatTraceparent({ ...span, isSampled: isSampled(sampling), isRandom })
    const state = writtenState(span.traceState ?? '', limits, losses)
    return {
      fields: [[parentHeader, parent], ...(state === '' ? [] : ([[stateHeader, state]] as const))],
      losses: losses.list(),
    }
  },
}

function readParent(values: readonly string[], losses: LossList): Propagated {
  const [value, ...others] = values
  if (value === undefined) return nothingPropagated
  if (others.length > 0) {
    losses.add(parentHeader, 'duplicate', values.length)
    return nothingPropagated
  }
  const parsed = parseTraceparent(value)
  if ('reason' in parsed) {
    losses.add(parentHeader, parsed.reason)
    return nothingPropagated
  }
  if (parsed.reservedFlags > 0) losses.add(parentHeader, 'reserved_flags', parsed.reservedFlags)
  const { traceId, spanId, isRandom } = parsed
  return {
    span: { traceId, spanId, ...(isRandom && { isRandom }) },
    sampling: parsed.isSampled ? 'accepted' : 'denied',
    baggage: [],
  }
}

/** What is written of a tracestate, which may come from elsewhere than from `extract`. */
function writtenState(
  text: string,
  limits: typeof defaultPropagationLimits,
  losses: LossList,
): string {
  const { members, loss } = parseTraceState([text], limits.traceStateMembersMax)
  if (loss !== undefined) losses.add(stateHeader, loss.reason, loss.count)
  const kept = shortenTraceState(members, limits.traceStateBytesMax)
  const gone = members.length - kept.length
  if (gone > 0) losses.add(stateHeader, 'limit_total_bytes', gone)
  return formatTraceState(kept)
}
