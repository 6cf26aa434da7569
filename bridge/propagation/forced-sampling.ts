import type { Attributes, Context } from '@opentelemetry/api'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import { propagatedOf } from './text-map-propagator.ts'

const priorityKey = 'sampling.priority'

/**
 * What has been decided about a span before any sampler is asked: by the tag `sampling.priority` at its start
 * (above 0 it is recorded, at 0 not), or without a span by headers (`b3: 0`, `x-b3-sampled`,
 * `jaeger-debug-id`). Undefined where nothing has.
 *
 * Source: OpenTracing, semantic_conventions.md, sampling.priority; b3-propagation, Sampling State.
 */
export function forcedSampling(context: Context, attributes: Attributes): boolean | undefined {
  const priority = attributes[priorityKey]
  if (typeof priority === 'number' && !Number.isNaN(priority)) return priority > 0
  const received = propagatedOf(context)
  if (received === undefined || hasParent(context)) return undefined
  if (received.sampling === 'denied') return false
  return received.sampling === 'deferred' ? undefined : true
}

/** True for a caller that left the decision open (B3 without a state): who is asked decides as for a root span. */
export function isSamplingOpen(context: Context): boolean {
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
