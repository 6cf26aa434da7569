import { hexOf } from '../model/identifier.ts'
import type { AnyValue, KeyValue, Span, SpanEvent, SpanLink, Status } from '../model/span.ts'
import { base64Of } from '../wire/bytes-text.ts'

/**
 * A span as text of OTLP JSON: what `JSON.stringify` makes of `jsonOfSpan`, without the objects in between;
 * a test holds them to each other. A status is there even when it is empty, as in Go's encoding.
 */
export function spanText(span: Span): string {
  let text = `{"traceId":"${hexOf(span.traceId)}"`
  const spanId = hexOf(span.spanId)
  if (spanId !== '') text += `,"spanId":"${spanId}"`
  if (span.traceState !== '') text += `,"traceState":${JSON.stringify(span.traceState)}`
  const parent = span.parentSpanId === undefined ? '' : hexOf(span.parentSpanId)
  if (parent !== '') text += `,"parentSpanId":"${parent}"`
  text += numberMember('flags', span.flags)
  if (span.name !== '') text += `,"name":${JSON.stringify(span.name)}`
  text += numberMember('kind', span.kind)
  text += timeMember('startTimeUnixNano', span.startUnixNano)
  text += timeMember('endTimeUnixNano', span.endUnixNano)
  text += attributesMember(span)
  if (span.events.length > 0) text += `,"events":[${span.events.map(eventText).join(',')}]`
  text += numberMember('droppedEventsCount', span.droppedEventsCount)
  if (span.links.length > 0) text += `,"links":[${span.links.map(linkText).join(',')}]`
  text += numberMember('droppedLinksCount', span.droppedLinksCount)
  return `${text},"status":${statusText(span.status)}}`
}

/** An attribute as text of OTLP JSON. */
export function attributeText({ key, value }: KeyValue): string {
  const text = `{"key":${JSON.stringify(key)}`
  return value === undefined ? `${text}}` : `${text},"value":${valueText(value)}}`
}

/** A double; a string where JSON has no number for it. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '"-0"'
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
}

function eventText(event: SpanEvent): string {
  let text = timeMember('timeUnixNano', event.timeUnixNano)
  if (event.name !== '') text += `,"name":${JSON.stringify(event.name)}`
  return `{${(text + attributesMember(event)).slice(1)}}`
}

function linkText(link: SpanLink): string {
  const [traceId, spanId] = [hexOf(link.traceId), hexOf(link.spanId)]
  let text = traceId === '' ? '' : `,"traceId":"${traceId}"`
  if (spanId !== '') text += `,"spanId":"${spanId}"`
  if (link.traceState !== '') text += `,"traceState":${JSON.stringify(link.traceState)}`
  text += attributesMember(link)
  return `{${(text + numberMember('flags', link.flags)).slice(1)}}`
}

function attributesMember(owner: {
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
}): string {
  const { attributes, droppedAttributesCount } = owner
  const list = attributes.length === 0 ? '' : `,"attributes":${listText(attributes)}`
  return list + numberMember('droppedAttributesCount', droppedAttributesCount)
}

function listText(attributes: readonly KeyValue[]): string {
  return `[${attributes.map(attributeText).join(',')}]`
}

function valueText(value: AnyValue): string {
  switch (value.kind) {
    case 'empty':
      return '{}'
    case 'string':
      return `{"stringValue":${JSON.stringify(value.value)}}`
    case 'bool':
      return `{"boolValue":${value.value}}`
    case 'int':
      return `{"intValue":"${value.value}"}`
    case 'double':
      return `{"doubleValue":${doubleText(value.value)}}`
    case 'bytes':
      return `{"bytesValue":"${base64Of(value.value)}"}`
    case 'array': {
      if (value.value.length === 0) return '{"arrayValue":{}}'
      return `{"arrayValue":{"values":[${value.value.map(valueText).join(',')}]}}`
    }
    case 'kvlist': {
      if (value.value.length === 0) return '{"kvlistValue":{}}'
      return `{"kvlistValue":{"values":${listText(value.value)}}}`
    }
  }
}

function statusText(status: Status | undefined): string {
  if (status === undefined) return '{}'
  const message = status.message === '' ? '' : `,"message":${JSON.stringify(status.message)}`
  return `{${(message + numberMember('code', status.code)).slice(1)}}`
}

function numberMember(name: string, value: number): string {
  return value === 0 ? '' : `,"${name}":${value}`
}

/** A time that is not set is left out, as every default is. */
function timeMember(name: string, unixNano: bigint): string {
  return unixNano === 0n ? '' : `,"${name}":"${unixNano}"`
}
