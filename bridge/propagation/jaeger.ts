import type { Extracted, Field, Format, Injected } from './format.ts'
import { readJaegerBaggage, writeJaegerBaggage } from './jaeger-baggage.ts'
import type { BaggageEncoding } from './jaeger-value.ts'
import { readJaegerValue, writeJaegerValue } from './jaeger-value.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import type { Propagated } from './propagated.ts'
import { nothingPropagated } from './propagated.ts'
import { formatUberTraceId, parseUberTraceId } from './uber-trace-id.ts'

const header = 'uber-trace-id'
const debugHeader = 'jaeger-debug-id'
/** It becomes an attribute of a span; more is no mark that anybody searches for. */
const debugIdLengthMax = 1024

/** What is to be known of the clients on the other side. */
export interface JaegerOptions {
  /** `url` unless something else is said. */
  readonly baggageEncoding?: BaggageEncoding
}

/**
 * Jaeger's own headers: `uber-trace-id`, `uberctx-<key>`, `jaeger-baggage` (only read) and
 * `jaeger-debug-id`, which without an uber-trace-id asks for a root span that is recorded whatever
 * samplers say and has the id as its attribute of that name.
 *
 * Source: jaeger documentation, client-libraries, Propagation Format.
 */
export function jaegerFormat({ baggageEncoding = 'url' }: JaegerOptions = {}): Format {
  const debugValue = { encoding: baggageEncoding, field: debugHeader }
  return {
    fields: [header, debugHeader],
    extract(carrier, limits = defaultPropagationLimits): Extracted {
      const losses = createLossList()
      const known = readContext(carrier.values(header, losses), losses)
      const writtenId = readDebugId(carrier.values(debugHeader, losses), losses)
      const debugId = writtenId && readJaegerValue(writtenId, debugValue, losses)
      const baggage = readJaegerBaggage(carrier, baggageEncoding, limits, losses)
      const isAsked = known.span === undefined && debugId !== undefined
      return {
        propagated: {
          ...known,
          ...(isAsked && { sampling: 'debug' }),
          ...(debugId !== undefined && { debugId }),
          baggage,
        },
        losses: losses.list(),
      }
    },
    inject(propagated, limits = defaultPropagationLimits): Injected {
      const losses = createLossList()
      const { span, sampling, debugId, baggage } = propagated
      addNotCarried(propagated, ['span', 'isFirehose', 'debug', 'debugId', 'baggage'], losses)
      const entries = writeJaegerBaggage(baggage, baggageEncoding, limits, losses)
      const fields: Field[] = []
      if (span !== undefined) fields.push([header, formatUberTraceId(span, sampling)])
      const written = debugId && writeJaegerValue(debugId, debugValue, losses)
      if (written !== undefined) fields.push([debugHeader, written])
      else if (debugId !== undefined) losses.add(debugHeader, 'unwritable')
      return { fields: [...fields, ...entries], losses: losses.list() }
    },
  }
}

/** The first of several counts, as the clients have it. */
function readContext([value, ...others]: readonly string[], losses: LossList): Propagated {
  if (value === undefined) return nothingPropagated
  if (others.length > 0) losses.add(header, 'duplicate', others.length)
  const parsed = parseUberTraceId(value)
  if ('reason' in parsed) {
    losses.add(header, parsed.reason)
    return nothingPropagated
  }
  if (parsed.reservedFlags > 0) losses.add(header, 'reserved_flags', parsed.reservedFlags)
  return { span: parsed.span, sampling: parsed.sampling, baggage: [] }
}

function readDebugId([value, ...others]: readonly string[], losses: LossList): string | undefined {
  if (value === undefined || value === '') return undefined
  if (others.length > 0) losses.add(debugHeader, 'duplicate', others.length)
  if (value.length <= debugIdLengthMax) return value
  losses.add(debugHeader, 'limit_field_bytes')
  return undefined
}
