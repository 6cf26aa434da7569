import type { Context, Span as OtelSpan } from '@opentelemetry/api'
import {
  context as contextApi,
  createContextKey,
  isSpanContextValid,
  propagation,
  trace,
} from '@opentelemetry/api'
import { withPropagatedOf } from '../propagation/text-map-propagator.ts'
import { BridgeSpan } from './bridge-span.ts'

const spanKey = createContextKey('spangate opentracing span')

/**
 * A context in which OpenTracing's span is the active one, for code that uses OpenTelemetry: what that
 * starts is its child, and sees its baggage. Baggage that is set later is in the next such context.
 *
 * @param span of a `BridgeTracer`; with another one the context stays as it is
 */
export function contextWithSpan(span: unknown, context: Context = contextApi.active()): Context {
  if (!(span instanceof BridgeSpan)) return context
  const own = span.context().context
  const baggage = propagation.getBaggage(own)
  const withSpan = trace
    .setSpan(withPropagatedOf(context, own), span.otelSpan)
    .setValue(spanKey, span)
  return baggage === undefined
    ? propagation.deleteBaggage(withSpan)
    : propagation.setBaggage(withSpan, baggage)
}

/** Runs the function, and what it waits for, with OpenTracing's span as the active one. */
export function withActiveSpan<T>(span: unknown, run: () => T): T {
  return contextApi.with(contextWithSpan(span), run)
}

/** The active span as OpenTracing's; `bridge` makes one for a span that was not made active here. */
export function activeBridgeSpan(
  context: Context,
  bridge: (span: OtelSpan, context: Context) => BridgeSpan,
): BridgeSpan | undefined {
  const span = trace.getSpan(context)
  const known = context.getValue(spanKey)
  if (known instanceof BridgeSpan && known.otelSpan === span) return known
  if (span !== undefined && isSpanContextValid(span.spanContext())) return bridge(span, context)
  const hasBaggage = (propagation.getBaggage(context)?.getAllEntries() ?? []).length > 0
  if (!hasBaggage) return undefined
  return bridge(trace.wrapSpanContext(noSpan), context)
}

/** Of a span that records nothing. */
const noSpan = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }
