import type { Context } from '@opentelemetry/api'
import { trace } from '@opentelemetry/api'
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base'
import { forcedSampling, isSamplingOpen } from '../propagation/forced-sampling.ts'
import { hasThreshold, withThreshold } from '../propagation/ot-threshold.ts'

/** Of the SDK, which is not imported for two numbers. */
const Decision = { notRecord: 0, recordAndSampled: 2 } as const

/**
 * A sampler for OpenTelemetry's SDK that heeds what OpenTelemetry itself does not know and OpenTracing's
 * programs rely on (`forcedSampling`, `isSamplingOpen`), and asks another one for everything else.
 */
export function prioritySampler(others: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links): SamplingResult {
      const forced = forcedSampling(context, attributes)
      if (forced !== undefined) return decided(context, forced)
      const asked = isSamplingOpen(context) ? trace.deleteSpan(context) : context
      return others.shouldSample(asked, traceId, name, kind, attributes, links)
    },
    toString: () => `PrioritySampler{${others.toString()}}`,
  }
}

/**
 * A `th` of the parent goes on only with its decision to record: of what was forced against it nobody knows by which
 * share it is kept.
 */
function decided(context: Context, isForced: boolean): SamplingResult {
  const result = { decision: isForced ? Decision.recordAndSampled : Decision.notRecord }
  const parent = trace.getSpanContext(context)
  if (!hasThreshold(parent?.traceState)) return result
  const wasSampled = ((parent?.traceFlags ?? 0) & 1) === 1
  if (isForced && wasSampled) return result
  return { ...result, traceState: withThreshold(parent?.traceState, undefined) }
}
