import type { AnyValue } from '../../../bridge/model/span.ts'
import type { Json } from '../../../bridge/otlp/encode-json.ts'
import { jsonOfValue } from '../../../bridge/otlp/encode-json.ts'
import type { MatchedSpan, MatchedTrace } from '../../search/text/verify-trace.ts'
import { wireSpan, wireTrace } from './found-traces.ts'

/**
 * spangate.v1.FoundTrace in proto3's JSON mapping: enums are names, 64-bit numbers are texts, what is 0
 * or empty is left out. Values are as in OTLP JSON.
 */
export function foundTraceJson(trace: MatchedTrace): object {
  const { spans: _none, ...fields } = wireTrace({ ...trace, spans: [] })
  const spans = trace.spans.map(foundSpanJson)
  return { ...withoutDefaults(fields), ...(spans.length > 0 && { spans }) }
}

/** An attribute that spans have, with how many of them have it. */
export function nameJson({ item, spanCount }: Counted<string>): object {
  return { name: item, spanCount }
}

/** The same of a value. */
export function valueJson({ item, spanCount }: Counted<AnyValue>): object {
  return { value: jsonOfValue(item), spanCount }
}

interface Counted<Item> {
  readonly item: Item
  readonly spanCount: number
}

function foundSpanJson(span: MatchedSpan): object {
  const { kind, statusCode, selected: _values, ...fields } = wireSpan(span)
  const selected = span.selected.map(({ name, value }): Json => {
    return value === undefined ? { key: name } : { key: name, value: jsonOfValue(value) }
  })
  return {
    ...withoutDefaults(fields),
    ...(span.kind !== 0 && { kind: kinds[span.kind] ?? kind }),
    ...(span.statusCode !== 0 && { statusCode: codes[span.statusCode] ?? statusCode }),
    ...(selected.length > 0 && { selected }),
  }
}

/** Source: opentelemetry-proto, trace/v1, SpanKind. */
export const kinds: readonly string[] = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
]

/** Source: opentelemetry-proto, trace/v1, StatusCode. */
export const codes: readonly string[] = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR']

function withoutDefaults(fields: Readonly<Record<string, unknown>>): object {
  const set = Object.entries(fields).filter(([, value]) => {
    return value !== 0 && value !== '' && value !== '0'
  })
  return Object.fromEntries(set)
}
