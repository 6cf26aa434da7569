import type {
  Attributes,
  Context,
  BaggageEntry as OtelBaggageEntry,
  TextMapPropagator,
} from '@opentelemetry/api'
import {
  baggageEntryMetadataFromString,
  createContextKey,
  isSpanContextValid,
  propagation,
  trace,
} from '@opentelemetry/api'
import type { Format } from './format.ts'
import { getterCarrier } from './getter-carrier.ts'
import type { PropagationLimits } from './limits.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { Loss } from './loss.ts'
import { otelTraceState } from './otel-trace-state.ts'
import type { BaggageEntry, Propagated, Sampling, SpanReference } from './propagated.ts'
import { isSampled, nothingPropagated } from './propagated.ts'
import { isTracingSuppressed } from './suppress-tracing.ts'

/** How a format is used as a propagator. */
export interface TextMapPropagatorOptions {
  /** Told what each extract and inject lost, if anything; what it throws goes to the caller. */
  readonly onLosses?: (losses: readonly Loss[]) => void
  readonly limits?: PropagationLimits
}

const sampledFlag = 1
const randomFlag = 2
const propagatedKey = createContextKey('spangate propagated')

/**
 * A format, or a composite, as OpenTelemetry's `TextMapPropagator`.
 *
 * `extract` sets the span context, remote, and adds to the baggage; without either in the headers
 * the context keeps what it had. What the API has no place for (debug, a deferred decision, one
 * without a span, the parent's parent) is in `propagatedOf` of the context, and `inject` sends it on
 * for the same trace. `inject` writes nothing while tracing is suppressed.
 *
 * Source: OpenTelemetry specification, context/api-propagators.md.
 */
export function textMapPropagator(
  format: Format,
  { onLosses, limits = defaultPropagationLimits }: TextMapPropagatorOptions = {},
): TextMapPropagator {
  const tell = (losses: readonly Loss[]) => {
    if (losses.length > 0) onLosses?.(losses)
  }
  return {
    fields: () => [...format.fields],
    extract(context, carrier, getter) {
      if (carrier === undefined || carrier === null) return context
      const source = getterCarrier(carrier, getter, limits)
      const { propagated, losses } = format.extract(source, limits)
      tell([...losses, ...repeatedKeys(propagated.baggage)])
      return withPropagated(context, propagated)
    },
    inject(context, carrier, setter) {
      if (isTracingSuppressed(context)) return
      const { fields, losses } = format.inject(propagatedFrom(context), limits)
      for (const [name, value] of fields) setter.set(carrier, name, value)
      tell(losses)
    },
  }
}

/** What `extract` read into this context or one that it comes from; undefined when it was nothing. */
export function propagatedOf(context: Context): Propagated | undefined {
  return context.getValue(propagatedKey) as Propagated | undefined
}

/** The same of another context: for who puts a span into a context that did not come with it. */
export function withPropagatedOf(context: Context, other: Context): Context {
  const propagated = propagatedOf(other)
  return propagated === undefined
    ? context.deleteValue(propagatedKey)
    : context.setValue(propagatedKey, propagated)
}

/** The context of a trace that is to be recorded whatever samplers say, as `inject` tells the next. */
export function withDebug(context: Context): Context {
  const propagated = propagatedOf(context) ?? nothingPropagated
  return context.setValue(propagatedKey, { ...propagated, sampling: 'debug' })
}

/**
 * The attributes of the root span that a `jaeger-debug-id` asked for: hand them to `startSpan`, where
 * a sampler can see them and record. Undefined when nobody asked, or when there is a parent.
 *
 * Source: jaeger documentation, client-libraries, Debug Traces (Forced Sampling).
 */
export function debugRootAttributes(context: Context): Attributes | undefined {
  const { debugId } = propagatedOf(context) ?? nothingPropagated
  if (debugId === undefined || trace.getSpanContext(context) !== undefined) return undefined
  return { 'jaeger-debug-id': debugId }
}

/** The context of a request that carried this: what `extract` makes of headers. */
export function withPropagated(context: Context, propagated: Propagated): Context {
  const { span, sampling, debugId, baggage } = propagated
  let next = context
  if (span !== undefined || sampling !== 'deferred' || debugId !== undefined) {
    next = next.setValue(propagatedKey, propagated)
  }
  if (span !== undefined) {
    const { traceId, spanId, isRandom, traceState } = span
    const traceFlags =
      (isSampled(sampling) ? sampledFlag : 0) | (isRandom === true ? randomFlag : 0)
    const state = traceState === undefined ? {} : { traceState: otelTraceState(traceState) }
    next = trace.setSpanContext(next, { traceId, spanId, traceFlags, isRemote: true, ...state })
  }
  return baggage.length === 0 ? next : withBaggage(next, baggage)
}

/** The API has one value for a key, the last; the others are lost here. */
function repeatedKeys(baggage: readonly BaggageEntry[]): readonly Loss[] {
  const count = baggage.length - new Set(baggage.map(({ key }) => key)).size
  return count > 0 ? [{ field: 'baggage', reason: 'duplicate', count }] : []
}

/** Added to what is there, so that one propagator after another takes nothing away. */
function withBaggage(context: Context, baggage: readonly BaggageEntry[]): Context {
  const entries = new Map<string, OtelBaggageEntry>(
    propagation.getBaggage(context)?.getAllEntries() ?? [],
  )
  for (const { key, value, metadata } of baggage) {
    entries.set(key, {
      value,
      ...(metadata !== undefined && { metadata: baggageEntryMetadataFromString(metadata) }),
    })
  }
  return propagation.setBaggage(context, propagation.createBaggage(Object.fromEntries(entries)))
}

type Ids = Pick<SpanReference, 'traceId' | 'spanId'>

/** What a request that is sent in this context carries: its span, what `extract` knew, its baggage. */
export function propagatedFrom(context: Context): Propagated {
  const received = propagatedOf(context)
  const baggage = (propagation.getBaggage(context)?.getAllEntries() ?? []).map(baggageEntry)
  const current = trace.getSpanContext(context)
  if (current === undefined || !isSpanContextValid(current)) {
    // A decision without a span goes on as it came; a span that was replaced by none does not.
    if (received === undefined || received.span !== undefined)
      return { ...nothingPropagated, baggage }
    return { ...received, baggage }
  }
  const { traceFlags } = current
  const ids = { traceId: current.traceId.toLowerCase(), spanId: current.spanId.toLowerCase() }
  const traceState = current.traceState?.serialize() ?? ''
  const span: SpanReference = {
    ...receivedParts(received?.span, ids),
    ...ids,
    ...((traceFlags & randomFlag) !== 0 && { isRandom: true }),
    ...(traceState !== '' && { traceState }),
  }
  const isSampledNow = (traceFlags & sampledFlag) !== 0
  return { span, sampling: decision(received, ids, isSampledNow), baggage }
}

/**
 * What tracers do not pass on: the random and firehose flags are the trace's, the parent one span's.
 * The W3C asks for the random flag in all that continues the trace.
 */
function receivedParts(span: SpanReference | undefined, { traceId, spanId }: Ids) {
  if (span === undefined || span.traceId !== traceId) return {}
  const { isRandom, isFirehose, parentSpanId } = span
  return {
    ...(isRandom === true && { isRandom }),
    ...(isFirehose === true && { isFirehose }),
    ...(parentSpanId !== undefined && span.spanId === spanId && { parentSpanId }),
  }
}

/** Debug holds for the whole trace, also one that a debug id began; a sampler may have refused it. */
function decision(
  received: Propagated | undefined,
  { traceId, spanId }: Ids,
  isSampledNow: boolean,
): Sampling {
  const { span, sampling } = received ?? nothingPropagated
  const isSameTrace = span === undefined || span.traceId === traceId
  if (isSampledNow) return sampling === 'debug' && isSameTrace ? 'debug' : 'accepted'
  const isUnchanged = span?.traceId === traceId && span.spanId === spanId
  return sampling === 'deferred' && isUnchanged ? 'deferred' : 'denied'
}

function baggageEntry([key, entry]: [string, OtelBaggageEntry]): BaggageEntry {
  const metadata = entry.metadata?.toString() ?? ''
  return { key, value: entry.value, ...(metadata !== '' && { metadata }) }
}
