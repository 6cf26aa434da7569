import { trace } from '@opentelemetry/api'
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base'
import { forcedSampling, isSamplingOpen } from '../propagation/forced-sampling.ts'

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
      if (forced !== undefined) {
        return { decision: forced ? Decision.recordAndSampled : Decision.notRecord }
      }
      const asked = isSamplingOpen(context) ? trace.deleteSpan(context) : context
      return others.shouldSample(asked, traceId, name, kind, attributes, links)
    },
    toString: () => `PrioritySampler{${others.toString()}}`,
  }
}
