// Reads and writes headers with published propagators: those of OpenTelemetry and the codecs of
// Jaeger's own client. The argument is a JSON file with a list of
//
//     { "propagator": NAME, "inject": CONTEXT }  or  { "propagator": NAME, "extract": HEADERS }
//
// and the answers are printed as a JSON list: the headers, or the context that was read, null where
// it is none. A context is { traceId, spanId, sampled, debug, firehose, random, traceState, baggage },
// without what is not there; baggage is a list of [key, value, metadata].
import { readFileSync } from 'node:fs'
import {
  baggageEntryMetadataFromString,
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import { TraceState, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { JaegerPropagator } from '@opentelemetry/propagator-jaeger'
import jaegerClient from 'jaeger-client'

/** The key by which B3Propagator hands debug from extract to inject; equal text is an equal key. */
const debugKey = createContextKey('OpenTelemetry Context Key B3 Debug Flag')
const jaegerNames = { contextKey: 'uber-trace-id', baggagePrefix: 'uberctx-' }

const propagators = {
  'otel-trace-context': openTelemetry(new W3CTraceContextPropagator()),
  'otel-baggage': openTelemetry(new W3CBaggagePropagator()),
  'otel-b3-single': openTelemetry(
    new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
    'd',
  ),
  'otel-b3-multi': openTelemetry(
    new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
    '1',
  ),
  'otel-jaeger': openTelemetry(new JaegerPropagator()),
  'jaeger-client-url': jaeger(new jaegerClient.TextMapCodec({ ...jaegerNames, urlEncoding: true })),
  'jaeger-client-plain': jaeger(new jaegerClient.TextMapCodec(jaegerNames)),
  'jaeger-client-b3': jaeger(new jaegerClient.ZipkinB3TextMapCodec({ urlEncoding: true })),
}

function openTelemetry(propagator, debugValue) {
  return {
    inject({ traceId, spanId, sampled, debug, random, traceState, baggage }) {
      let context = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: (sampled ? 1 : 0) | (random ? 2 : 0),
        ...(traceState && { traceState: new TraceState(traceState) }),
      })
      if (debug) context = context.setValue(debugKey, debugValue)
      const entries = (baggage ?? []).map(([key, value, metadata]) => [
        key,
        { value, ...(metadata && { metadata: baggageEntryMetadataFromString(metadata) }) },
      ])
      const bag = propagation.createBaggage(Object.fromEntries(entries))
      const headers = {}
      propagator.inject(propagation.setBaggage(context, bag), headers, defaultTextMapSetter)
      return headers
    },
    extract(headers) {
      const context = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
      const span = trace.getSpanContext(context)
      const entries = propagation.getBaggage(context)?.getAllEntries() ?? []
      const baggage = entries.map(([key, { value, metadata }]) =>
        metadata ? [key, value, metadata.toString()] : [key, value],
      )
      if (!span && baggage.length === 0) return null
      return {
        ...(span && {
          traceId: span.traceId,
          spanId: span.spanId,
          sampled: (span.traceFlags & 1) === 1,
          random: (span.traceFlags & 2) === 2,
          traceState: span.traceState?.serialize() ?? '',
        }),
        debug: context.getValue(debugKey) !== undefined,
        baggage,
      }
    },
  }
}

function jaeger(codec) {
  return {
    inject({ traceId, spanId, sampled, debug, firehose, baggage }) {
      const flags = (sampled ? 1 : 0) | (debug ? 2 : 0) | (firehose ? 8 : 0)
      const bytes = (hex) => Buffer.from(hex, 'hex')
      // Ids of 64 bits are 8 bytes to this client.
      const trace = traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId
      const headers = {}
      const entries = Object.fromEntries(baggage ?? [])
      codec.inject(
        jaegerClient.SpanContext.withBinaryIds(bytes(trace), bytes(spanId), null, flags, entries),
        headers,
      )
      return headers
    },
    extract(headers) {
      const context = codec.extract(headers)
      const baggage = Object.entries(context.baggage)
      if (!context.isValid && !context.debugId && baggage.length === 0) return null
      return {
        ...(context.isValid && {
          traceId: context.traceIdStr.padStart(32, '0'),
          spanId: context.spanIdStr.padStart(16, '0'),
          sampled: context.isSampled(),
          firehose: context.isFirehose(),
        }),
        debug: context.isDebug(),
        debugId: context.debugId,
        baggage,
      }
    },
  }
}

const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const answers = cases.map(({ propagator, inject, extract }) =>
  inject ? propagators[propagator].inject(inject) : propagators[propagator].extract(extract),
)
process.stdout.write(JSON.stringify(answers))
