import type { Context, Span as OtelSpan } from '@opentelemetry/api'
import { SpanStatusCode } from '@opentelemetry/api'
import type { Tracer } from 'opentracing'
import { Span, Tags } from 'opentracing'
import { withDebug } from '../propagation/text-map-propagator.ts'
import { BridgeSpanContext } from './bridge-span-context.ts'
import { logEvent } from './log-event.ts'
import type { OpenTracingLosses } from './loss.ts'
import { entriesOf, kindOf, nameOf, numberOf, textOf } from './odd-values.ts'
import { attributeValueOf, timeOf } from './tag-value.ts'

/** What a span is made of. */
export interface BridgeSpanOptions {
  readonly tracer: Tracer
  readonly span: OtelSpan
  /** With the span in it, its baggage, and what propagators know of its trace. */
  readonly context: Context
  readonly losses: OpenTracingLosses
}

/**
 * OpenTracing's span over one of OpenTelemetry.
 *
 * The tag `error` is the status: true is ERROR at once; false is OK when the span finishes, since OK is
 * final in OpenTelemetry and a later error must still count.
 *
 * Source: OpenTelemetry specification, compatibility/opentracing.md, Span Shim.
 */
export class BridgeSpan extends Span {
  /** The span that records. */
  readonly otelSpan: OtelSpan
  readonly #tracerOfSpan: Tracer
  readonly #losses: OpenTracingLosses
  #spanContext: BridgeSpanContext
  #isOk = false
  #isFinished = false

  constructor({ tracer, span, context, losses }: BridgeSpanOptions) {
    super()
    this.otelSpan = span
    this.#tracerOfSpan = tracer
    this.#losses = losses
    this.#spanContext = new BridgeSpanContext(context)
  }

  /** The baggage of now; it does not change with later items. */
  override context(): BridgeSpanContext {
    return this.#spanContext
  }

  /** One tag; the API's own would fail for a key that is no text. */
  override setTag(key: string, value: unknown): this {
    this._addTags({ [nameOf(key, 'setTag()', this.#losses)]: value })
    return this
  }

  /** Like a log of `event` and `payload`; deprecated by OpenTracing. */
  override logEvent(eventName: string, payload?: unknown): void {
    this._log({ event: eventName, ...(payload !== undefined && { payload }) })
  }

  protected override _addTags(tags: Readonly<Record<string, unknown>>): void {
    const from = { what: 'tags', call: 'setTag()', losses: this.#losses }
    for (const [key, value] of entriesOf(tags, from)) {
      if (this.#isOver(`setTag("${key}")`)) return
      if (key === Tags.ERROR && this.#takeError(value)) continue
      if (key === Tags.SPAN_KIND) {
        this.#losses.add('late_kind', 'setTag("span.kind"): give it to startSpan')
      }
      if (key === Tags.SAMPLING_PRIORITY) this.#takePriority(value)
      this.otelSpan.setAttribute(key, attributeValueOf(value))
    }
  }

  /** Of the tags that the span began with: they are attributes already, and the status is not. */
  takeStartTags(tags: ReadonlyMap<string, unknown>): void {
    if (tags.has(Tags.ERROR)) this.#takeError(tags.get(Tags.ERROR))
  }

  protected override _tracer(): Tracer {
    return this.#tracerOfSpan
  }

  protected override _setOperationName(name: string): void {
    const call = 'setOperationName()'
    if (!this.#isOver(call)) this.otelSpan.updateName(nameOf(name, call, this.#losses))
  }

  protected override _setBaggageItem(key: string, value: string): void {
    const call = 'setBaggageItem()'
    this.#spanContext = this.#spanContext.withBaggageItem(
      nameOf(key, call, this.#losses),
      this.#baggageText(value),
    )
  }

  protected override _getBaggageItem(key: string): string | undefined {
    return this.#spanContext.baggageItem(key)
  }

  protected override _log(fields: Readonly<Record<string, unknown>>, timestamp?: number): void {
    if (this.#isOver('log()')) return
    const from = { what: 'fields', call: 'log()', losses: this.#losses }
    const { name, attributes } = logEvent(entriesOf(fields, from))
    this.otelSpan.addEvent(name, attributes, timeOf(timestamp, 'log()', this.#losses))
  }

  protected override _finish(finishTime?: number): void {
    if (this.#isOver('finish()')) return
    if (this.#isOk) this.otelSpan.setStatus({ code: SpanStatusCode.OK })
    this.#isFinished = true
    this.otelSpan.end(timeOf(finishTime, 'finish()', this.#losses))
  }

  /** @returns whether it is the status and no attribute */
  #takeError(value: unknown): boolean {
    const isError = isErrorTag(value)
    if (isError === undefined) return false
    this.#isOk = !isError
    if (isError) this.otelSpan.setStatus({ code: SpanStatusCode.ERROR })
    return true
  }

  /** What is recorded was decided at the start; the next processes can be told of debug yet. */
  #takePriority(value: unknown): void {
    this.#losses.add('late_sampling', 'setTag("sampling.priority"): give it to startSpan')
    if (numberOf(value) > 0) {
      this.#spanContext = new BridgeSpanContext(withDebug(this.#spanContext.context))
    }
  }

  /** Numbers and booleans have a text that everybody means. */
  #baggageText(value: unknown): string {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
    if (!isPlain) {
      this.#losses.add(
        'bad_argument',
        `setBaggageItem(): the value is no text but ${kindOf(value)}`,
      )
    }
    return textOf(value)
  }

  #isOver(call: string): boolean {
    if (this.#isFinished) this.#losses.add('after_finish', `${call}: the span is finished`)
    return this.#isFinished
  }
}

/** What the tag `error` says; undefined for a value that is an attribute like any other. */
export function isErrorTag(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}
