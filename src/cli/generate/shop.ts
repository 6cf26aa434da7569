import type { AnyValue, KeyValue, Span, SpanEvent, SpanGroup } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import type { ShopService, Step } from './journeys.ts'
import { pickJourney } from './journeys.ts'
import type { Random } from './random.ts'

/** Spans of one trace, grouped by service as their SDKs would send them. */
export interface ShopTrace {
  readonly groups: readonly SpanGroup[]
  readonly spanCount: number
}

/**
 * One visit of a customer to a small shop: a page view, a look into the cart, or an order, with the
 * calls behind it. Latencies have a long tail, and some payments fail.
 *
 * @param endUnixNano when the root span ends
 */
export function shopTrace(random: Random, endUnixNano: bigint): ShopTrace {
  const maker = new TraceMaker(random)
  const root = maker.make(pickJourney(random), { startNano: 0n, parentSpanId: undefined })
  const shift = endUnixNano - root.endNano
  const groups = [...maker.spans].map(([service, spans]) =>
    groupOf(
      service,
      spans.map((span) => moved(span, shift)),
    ),
  )
  return { groups, spanCount: groups.reduce((sum, group) => sum + group.spans.length, 0) }
}

class TraceMaker {
  readonly spans = new Map<ShopService, Span[]>()
  readonly #random: Random
  readonly #traceId: Uint8Array

  constructor(random: Random) {
    this.#random = random
    this.#traceId = random.bytes(16)
  }

  /** Adds the server span of a step and, below it, a client span for each call. */
  make(
    step: Step,
    at: { readonly startNano: bigint; readonly parentSpanId: Uint8Array | undefined },
  ): { readonly endNano: bigint; readonly failed: boolean } {
    const spanId = this.#random.bytes(8)
    const ownNano = latencyNano(this.#random, step.ownMs)
    let endNano = at.startNano + ownNano / 2n
    let failed = this.#random.next() < (step.errorRate ?? 0)
    const own = failed ? step.error : undefined
    for (const called of step.calls ?? []) {
      const result = this.#call(step.service, called, { startNano: endNano, parentSpanId: spanId })
      endNano = result.endNano
      failed ||= result.failed
    }
    endNano += ownNano - ownNano / 2n
    const kind = SpanKind.server
    this.#add(step, { ...at, spanId, endNano, kind, failed, message: own })
    return { endNano, failed }
  }

  #call(
    caller: ShopService,
    step: Step,
    at: { readonly startNano: bigint; readonly parentSpanId: Uint8Array },
  ): { readonly endNano: bigint; readonly failed: boolean } {
    const spanId = this.#random.bytes(8)
    const network = latencyNano(this.#random, 0.4)
    const result = this.make(step, { startNano: at.startNano + network, parentSpanId: spanId })
    const endNano = result.endNano + network
    const kind = SpanKind.client
    const client = { ...step, service: caller }
    this.#add(client, { ...at, spanId, endNano, kind, failed: result.failed, message: undefined })
    return { endNano, failed: result.failed }
  }

  #add(
    step: Step,
    at: {
      readonly startNano: bigint
      readonly endNano: bigint
      readonly spanId: Uint8Array
      readonly parentSpanId: Uint8Array | undefined
      readonly kind: number
      readonly failed: boolean
      readonly message: string | undefined
    },
  ): void {
    const list = this.spans.get(step.service) ?? []
    this.spans.set(step.service, list)
    const code = at.failed ? StatusCode.error : StatusCode.unset
    list.push({
      traceId: this.#traceId,
      spanId: at.spanId,
      parentSpanId: at.parentSpanId,
      traceState: '',
      flags: 0x101,
      name: step.name,
      kind: at.kind,
      startUnixNano: at.startNano,
      endUnixNano: at.endNano,
      attributes: keyValues(step.attributes(this.#random)),
      droppedAttributesCount: 0,
      events: at.message === undefined ? [] : [exception(at.message, at.endNano)],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: at.failed ? { code, message: at.message ?? 'a call failed' } : undefined,
    })
  }
}

function exception(message: string, timeUnixNano: bigint): SpanEvent {
  const attributes = keyValues({ 'exception.type': 'ShopError', 'exception.message': message })
  return { timeUnixNano, name: 'exception', attributes, droppedAttributesCount: 0 }
}

function moved(span: Span, shift: bigint): Span {
  return {
    ...span,
    startUnixNano: span.startUnixNano + shift,
    endUnixNano: span.endUnixNano + shift,
    events: span.events.map((event) => ({ ...event, timeUnixNano: event.timeUnixNano + shift })),
  }
}

function groupOf(service: ShopService, spans: readonly Span[]): SpanGroup {
  const attributes = keyValues({
    'service.name': service,
    'service.namespace': 'shop',
    'service.version': '1.4.2',
    'deployment.environment.name': 'demo',
  })
  return {
    resource: { attributes, droppedAttributesCount: 0 },
    resourceSchemaUrl: '',
    scope: { name: 'spangate.generate', version: '1', attributes: [], droppedAttributesCount: 0 },
    scopeSchemaUrl: '',
    spans,
  }
}

/** Log-normal around the usual time, so that there is a long tail. */
function latencyNano(random: Random, usualMs: number): bigint {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return BigInt(Math.round(usualMs * Math.exp(normal * 0.5) * 1e6))
}

function keyValues(values: Readonly<Record<string, string | number>>): readonly KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: string | number): AnyValue {
  if (typeof value === 'string') return { kind: 'string', value }
  return Number.isInteger(value) ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value }
}
