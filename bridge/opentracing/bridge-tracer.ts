import type {
  Context,
  Tracer as OtelTracer,
  TextMapPropagator,
  TextMapSetter,
  TracerProvider,
} from '@opentelemetry/api'
import {
  context as contextApi,
  defaultTextMapSetter,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import type { SpanOptions } from 'opentracing'
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, Tracer } from 'opentracing'
import { headerGetter, httpHeaderSetter, isHeaderSource } from '../propagation/header-accessors.ts'
import { propagatedOf } from '../propagation/text-map-propagator.ts'
import { activeBridgeSpan } from './active-span.ts'
import type { BinaryCarrier } from './binary-carrier.ts'
import { extractBinary, injectBinary } from './binary-carrier.ts'
import { BridgeSpan } from './bridge-span.ts'
import { BridgeSpanContext } from './bridge-span-context.ts'
import type { OpenTracingLoss, OpenTracingLosses, OpenTracingLossReason } from './loss.ts'
import { createOpenTracingLosses } from './loss.ts'
import { nameOf, textOf } from './odd-values.ts'
import { contextOf, givenOptions, startOptions } from './start-options.ts'

/** What the tracer is made of. */
export interface BridgeTracerOptions {
  readonly tracerProvider: TracerProvider
  /** Of this package, for the scope of its spans. */
  readonly version?: string
  /** Without one, OpenTelemetry's global propagator. */
  readonly propagators?: {
    readonly textMap?: TextMapPropagator
    readonly httpHeaders?: TextMapPropagator
  }
  /**
   * Whether a span without references is the child of OpenTelemetry's active span; true unless something
   * else is said, so that old and new code of one process share their traces. False is what the
   * specification asks for: OpenTracing for JavaScript itself has no active span.
   */
  readonly activeSpanIsParent?: boolean
  /** Told of what is not recorded as it was meant; what it throws goes to the program. */
  readonly onLoss?: (loss: OpenTracingLoss) => void
}

/** Readers and writers of a text format. */
interface TextFormat {
  readonly propagator: Pick<TextMapPropagator<object>, 'inject' | 'extract'>
  readonly setter: TextMapSetter<Record<string, unknown>>
}

/** As the specification names the scope. */
const scopeName = 'opentracing-shim'

/**
 * OpenTracing's `Tracer` (npm `opentracing` 0.14) that records through OpenTelemetry's API.
 *
 *     import { initGlobalTracer } from 'opentracing'
 *     initGlobalTracer(new BridgeTracer({ tracerProvider: trace.getTracerProvider() }))
 *
 * It never throws for what a program hands to it: what cannot be is a loss, and counted.
 *
 * Source: OpenTelemetry specification, compatibility/opentracing.md.
 */
export class BridgeTracer extends Tracer {
  readonly #tracer: OtelTracer
  readonly #formats: ReadonlyMap<string, TextFormat>
  readonly #activeSpanIsParent: boolean
  readonly #losses: OpenTracingLosses

  constructor(options: BridgeTracerOptions) {
    super()
    const { tracerProvider, version, propagators, activeSpanIsParent = true, onLoss } = options
    this.#tracer = tracerProvider.getTracer(scopeName, version)
    this.#activeSpanIsParent = activeSpanIsParent
    this.#losses = createOpenTracingLosses(onLoss)
    const textMap = propagators?.textMap ?? propagation
    const httpHeaders = propagators?.httpHeaders ?? propagation
    this.#formats = new Map<string, TextFormat>([
      [FORMAT_TEXT_MAP, { propagator: textMap, setter: defaultTextMapSetter }],
      [FORMAT_HTTP_HEADERS, { propagator: httpHeaders, setter: httpHeaderSetter }],
    ])
  }

  /** The options stay as they are. */
  override startSpan(name: string, given?: SpanOptions): BridgeSpan {
    const options = givenOptions(given, this.#losses)
    const active = this.#activeSpanIsParent ? contextApi.active() : ROOT_CONTEXT
    const { context, ...start } = startOptions(options, active, this.#losses)
    const span = this.#tracer.startSpan(nameOf(name, 'startSpan()', this.#losses), start, context)
    const started = this.#bridge(span, trace.setSpan(context, span))
    started.takeStartTags(options.tags)
    return started
  }

  /** Writes nothing for a context of another tracer; without a span its baggage alone. */
  override inject(spanContext: unknown, format: string, carrier: unknown): void {
    const context = contextOf(spanContext, 'inject()', this.#losses)
    if (context === undefined) return
    if (!isHeaderSource(carrier)) {
      this.#losses.add(
        'bad_carrier',
        `inject(): the carrier is ${typeof carrier}, must be an object`,
      )
      return
    }
    const known = format === FORMAT_BINARY ? undefined : this.#textFormat(format, 'inject()')
    try {
      if (format === FORMAT_BINARY) injectBinary(context, carrier as BinaryCarrier, this.#losses)
      else known?.propagator.inject(context, carrier, known.setter as TextMapSetter<object>)
    } catch (error) {
      this.#losses.add('bad_carrier', `inject(): the carrier takes nothing: ${textOf(error)}`)
    }
  }

  /** Null where the carrier has neither a span, nor baggage, nor a decision on the trace. */
  override extract(format: string, carrier: unknown): BridgeSpanContext | null {
    if (!isHeaderSource(carrier)) {
      this.#losses.add(
        'bad_carrier',
        `extract(): the carrier is ${typeof carrier}, must be an object`,
      )
      return null
    }
    const known = format === FORMAT_BINARY ? undefined : this.#textFormat(format, 'extract()')
    let context: Context | undefined
    try {
      context =
        format === FORMAT_BINARY
          ? extractBinary(carrier as BinaryCarrier, this.#losses)
          : known?.propagator.extract(ROOT_CONTEXT, carrier, headerGetter)
    } catch (error) {
      this.#losses.add('bad_carrier', `extract(): the carrier cannot be read: ${textOf(error)}`)
    }
    if (context === undefined) return null
    const span = trace.getSpanContext(context)
    const hasSpan = span !== undefined && isSpanContextValid(span)
    const hasBaggage = (propagation.getBaggage(context)?.getAllEntries() ?? []).length > 0
    const hasDecision = propagatedOf(context) !== undefined
    return hasSpan || hasBaggage || hasDecision ? new BridgeSpanContext(context) : null
  }

  /**
   * The span that OpenTelemetry has active, as OpenTracing's: the same object where one of these was
   * made active. Undefined without a span and without baggage.
   */
  activeSpan(): BridgeSpan | undefined {
    return activeBridgeSpan(contextApi.active(), (span, context) => this.#bridge(span, context))
  }

  /** How often what was lost. */
  losses(): Readonly<Record<OpenTracingLossReason, number>> {
    return this.#losses.counts()
  }

  #bridge(
    span: Parameters<typeof trace.setSpan>[1],
    context: ConstructorParameters<typeof BridgeSpanContext>[0],
  ) {
    return new BridgeSpan({ tracer: this, span, context, losses: this.#losses })
  }

  #textFormat(format: string, call: string): TextFormat | undefined {
    const known = this.#formats.get(format)
    if (known === undefined) {
      const names = [...this.#formats.keys(), FORMAT_BINARY].join(', ')
      this.#losses.add(
        'unknown_format',
        `${call}: the format is "${textOf(format)}", known are ${names}`,
      )
    }
    return known
  }
}
