import { referencesOf } from '../jaeger-proto/encode-references.ts'
import { jaegerDurationNano, jaegerPartsOf, logFieldsOf } from '../jaeger-proto/jaeger-parts.ts'
import { ReferenceType } from '../jaeger-proto/tag-names.ts'
import { hexOf, shortTraceIdText, spanIdLength } from '../model/identifier.ts'
import { jsonText } from '../model/json-text.ts'
import type { KeyValue, Scope, Span, SpanEvent } from '../model/span.ts'
import { base64Of } from '../wire/bytes-text.ts'

/** A span with what is written around it. */
export interface SpanToWrite {
  readonly span: Span
  readonly scope: Scope | undefined
  /** Of its trace, as `shortTraceIdText` gives it. */
  readonly traceID: string
  /** `p1`, `p2`, ... */
  readonly processID: string
}

/**
 * Span -> text of a JSON span: what `JSON.stringify` makes of the one of `jaegerTracesOf`, without its
 * way by Jaeger's protobuf message. The parts of both are from bridge/jaeger-proto; a test holds them
 * to each other.
 */
export function spanText({ span, scope, traceID, processID }: SpanToWrite): string {
  const { flags, tags, warnings } = jaegerPartsOf(span, scope)
  const { references, warnings: referenceWarnings } = referencesOf(span)
  let text = `{"traceID":"${traceID}","spanID":"${hexOf(withLength(span.spanId, spanIdLength))}"`
  if (flags !== 0) text += `,"flags":${flags}`
  text += `,"operationName":${JSON.stringify(span.name)},"references":[`
  let separator = ''
  for (const { traceId, spanId, type } of references) {
    const refType = type === ReferenceType.followsFrom ? 'FOLLOWS_FROM' : 'CHILD_OF'
    // Most are of the same trace, whose id is a text already.
    const id = traceId === span.traceId ? traceID : shortTraceIdText(traceId)
    text += `${separator}{"refType":"${refType}","traceID":"${id}","spanID":"${hexOf(spanId)}"}`
    separator = ','
  }
  text += `],"startTime":${micros(span.startUnixNano)},"duration":${micros(jaegerDurationNano(span))}`
  text += `,"tags":${tagsText(tags)},"logs":[${span.events.map(logText).join(',')}]`
  text += `,"processID":"${processID}","warnings":`
  const told = [...warnings, ...referenceWarnings]
  return `${text}${told.length === 0 ? 'null' : JSON.stringify(told)}}`
}

function logText(event: SpanEvent): string {
  return `{"timestamp":${micros(event.timeUnixNano)},"fields":${tagsText(logFieldsOf(event))}}`
}

function tagsText(tags: readonly KeyValue[]): string {
  let text = '['
  for (const tag of tags) {
    if (text.length > 1) text += ','
    text += tagText(tag)
  }
  return `${text}]`
}

/** One tag. */
export function tagText({ key, value }: KeyValue): string {
  return `{"key":${JSON.stringify(key)},${valueText(value)}}`
}

function valueText(value: KeyValue['value']): string {
  switch (value?.kind) {
    case 'bool':
      return `"type":"bool","value":${value.value}`
    case 'int':
      return `"type":"int64","value":${wholeText(value.value)}`
    case 'double':
      return `"type":"float64","value":${doubleText(value.value)}`
    case 'bytes':
      return `"type":"binary","value":"${base64Of(value.value)}"`
    case 'string':
      return `"type":"string","value":${JSON.stringify(value.value)}`
    case 'array':
    case 'kvlist':
      return `"type":"string","value":${JSON.stringify(jsonText(value))}`
    default:
      return '"type":"string","value":""'
  }
}

/** An int as the value of a tag. */
export function wholeText(value: bigint): string {
  return value >= -safeMax && value <= safeMax ? `${value}` : `"${value}"`
}

/** A double as the value of a tag. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '"-0"'
  if (Number.isFinite(value)) return JSON.stringify(value)
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"+Inf"' : '"-Inf"'
}

function micros(nano: bigint): number {
  return Number(nano / 1000n)
}

/** Zeros where an id does not have its length. */
function withLength(id: Uint8Array, length: number): Uint8Array {
  return id.length === length ? id : new Uint8Array(length)
}

const safeMax = BigInt(Number.MAX_SAFE_INTEGER)
