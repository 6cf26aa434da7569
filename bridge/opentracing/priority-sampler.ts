import type { Context } from '@opentelemetry/api'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base'
import { propagatedOf } from '../propagation/text-map-propagator.ts'

/** Of the SDK, which is not imported for two numbers. */
const Decision = { notRecord: 0, recordAndSampled: 2 } as const
const priorityKey = 'sampling.priority'

/**
 * A sampler for OpenTelemetry's SDK that heeds what OpenTelemetry itself does not know and OpenTracing's
 * programs rely on; it asks another one for everything else:
 *
 * - the tag `sampling.priority` at the start of a span: above 0 it is recorded, at 0 not
 * - a decision without a span: `b3: 0`, `x-b3-sampled`, `jaeger-debug-id`
 * - a caller that left the decision open (B3 without a state): asked as for a root span
 *
 * Source: OpenTracing, semantic_conventions.md, sampling.priority; b3-propagation, Sampling State.
 */
export function prioritySampler(others: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links): SamplingResult {
      const decided = decisionOf(context, attributes[priorityKey])
      if (decided !== undefined) return { decision: decided }
      const asked = isOpen(context) ? trace.deleteSpan(context) : context
      return others.shouldSample(asked, traceId, name, kind, attributes, links)
    },
    toString: () => `PrioritySampler{${others.toString()}}`,
  }
}

function decisionOf(context: Context, priority: unknown): 0 | 2 | undefined {
  if (typeof priority === 'number' && !Number.isNaN(priority)) {
    return priority > 0 ? Decision.recordAndSampled : Decision.notRecord
  }
  const received = propagatedOf(context)
  if (received === undefined || hasParent(context)) return undefined
  if (received.sampling === 'denied') return Decision.notRecord
  return received.sampling === 'deferred' ? undefined : Decision.recordAndSampled
}

function isOpen(context: Context): boolean {
  const parent = trace.getSpanContext(context)
  const received = propagatedOf(context)
  return (
    parent?.isRemote === true &&
    received?.sampling === 'deferred' &&
    received.span?.spanId === parent.spanId
  )
}

function hasParent(context: Context): boolean {
  const parent = trace.getSpanContext(context)
  return parent !== undefined && isSpanContextValid(parent)
}
