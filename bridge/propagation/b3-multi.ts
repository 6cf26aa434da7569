import { readB3Ids } from './b3-ids.ts'
import type { Carrier } from './carrier.ts'
import type { Extracted, Field, Format, Injected } from './format.ts'
import type { LossList } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import type { Propagated, Sampling } from './propagated.ts'
import { nothingPropagated } from './propagated.ts'
import { trimOws } from './traceparent.ts'

const names = {
  trace: 'x-b3-traceid',
  span: 'x-b3-spanid',
  parent: 'x-b3-parentspanid',
  sampled: 'x-b3-sampled',
  flags: 'x-b3-flags',
} as const

/** Old tracers wrote true and false, which a lenient reader may take. */
const decisions = new Map<string, Sampling>([
  ['0', 'denied'],
  ['1', 'accepted'],
  ['false', 'denied'],
  ['true', 'accepted'],
])

/**
 * B3 in several headers: `X-B3-TraceId`, `X-B3-SpanId`, `X-B3-ParentSpanId`, `X-B3-Sampled` (1, 0;
 * absent: the receiver decides) and `X-B3-Flags` (1: debug, any other value means nothing).
 *
 * The decision may come alone. One that is none voids the ids too, as in Zipkin's own tracers. Of
 * several headers of one name the first counts.
 *
 * Source: b3-propagation, Multiple Headers.
 */
export const b3Multi: Format = {
  fields: Object.values(names),
  extract(carrier): Extracted {
    const losses = createLossList()
    const propagated = read(carrier, losses)
    return { propagated, losses: losses.list() }
  },
  inject(propagated): Injected {
    const losses = createLossList()
    addNotCarried(propagated, ['span', 'parentSpanId', 'deferred', 'debug', 'sampling'], losses)
    const { span, sampling } = propagated
    const fields: Field[] = []
    const add = (name: string, value: string | undefined) => {
      if (value !== undefined) fields.push([name, value])
    }
    add(names.trace, span?.traceId)
    add(names.span, span?.spanId)
    add(names.parent, span?.parentSpanId)
    // Debug implies accepted, which then is not sent.
    if (sampling === 'debug') add(names.flags, '1')
    else if (sampling !== 'deferred') add(names.sampled, sampling === 'accepted' ? '1' : '0')
    return { fields, losses: losses.list() }
  },
}

function read(carrier: Carrier, losses: LossList): Propagated {
  const first = (name: string) => {
    const [value, ...others] = carrier.values(name, losses)
    if (others.length > 0) losses.add(name, 'duplicate', others.length)
    return value === undefined ? undefined : trimOws(value)
  }
  const sampling = readDecision(first(names.flags), first(names.sampled), losses)
  const [trace, span, parent] = [first(names.trace), first(names.span), first(names.parent)]
  if (sampling === undefined) return nothingPropagated
  if (trace === undefined && span === undefined) return { sampling, baggage: [] }
  if (trace === undefined || span === undefined) {
    losses.add(trace === undefined ? names.span : names.trace, 'incomplete')
    return nothingPropagated
  }
  const reference = readB3Ids({ trace, span, parent, fields: names }, losses)
  return reference === undefined ? nothingPropagated : { span: reference, sampling, baggage: [] }
}

/** Undefined for a text that is no decision. */
function readDecision(
  flags: string | undefined,
  sampled: string | undefined,
  losses: LossList,
): Sampling | undefined {
  if (flags === '1') return 'debug'
  if (sampled === undefined) return 'deferred'
  const decision = decisions.get(sampled.toLowerCase())
  if (decision === undefined) losses.add(names.sampled, 'malformed')
  return decision
}
