import type { Baggage, Context } from '@opentelemetry/api'
import { isSpanContextValid, propagation, trace } from '@opentelemetry/api'
import { SpanContext } from 'opentracing'

/**
 * OpenTracing's span context: a context of OpenTelemetry, with span, baggage and whatever propagators
 * left in it. It never changes; setting baggage makes another.
 */
export class BridgeSpanContext extends SpanContext {
  /** For new code that goes on where old code was. */
  readonly context: Context

  constructor(context: Context) {
    super()
    this.context = context
  }

  /** 32 hex digits; the empty string where there is no span, but baggage or a decision. */
  override toTraceId(): string {
    return this.#ids()?.traceId ?? ''
  }

  /** 16 hex digits, or the empty string. */
  override toSpanId(): string {
    return this.#ids()?.spanId ?? ''
  }

  /** A value of baggage. */
  baggageItem(key: string): string | undefined {
    return propagation.getBaggage(this.context)?.getEntry(key)?.value
  }

  /** The same with one more value of baggage, or another one. */
  withBaggageItem(key: string, value: string): BridgeSpanContext {
    const baggage = propagation.getBaggage(this.context) ?? propagation.createBaggage()
    const next = baggage.setEntry(key, { value })
    return new BridgeSpanContext(propagation.setBaggage(this.context, next))
  }

  #ids() {
    const ids = trace.getSpanContext(this.context)
    return ids !== undefined && isSpanContextValid(ids) ? ids : undefined
  }
}

/** The baggage of several contexts; where they have a key together, that of the first. */
export function unitedBaggage(contexts: readonly Context[]): Baggage | undefined {
  const all = contexts.flatMap((context) => propagation.getBaggage(context) ?? [])
  const [first, ...others] = all
  return others.reduce<Baggage | undefined>((united, other) => {
    const missing = other.getAllEntries().filter(([key]) => united?.getEntry(key) === undefined)
    return missing.reduce((into, [key, entry]) => into?.setEntry(key, entry), united)
  }, first)
}
