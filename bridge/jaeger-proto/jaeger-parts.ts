import { jsonText } from '../model/json-text.ts'
import type { AnyValue, KeyValue, Scope, Span, SpanEvent } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { sampledFlag, TagName } from './tag-names.ts'

// What of a span becomes what in Jaeger, whatever that is written in.

/** Jaeger's flags, its warnings, and the attributes that are neither. */
export interface JaegerParts {
  readonly flags: number
  readonly warnings: readonly string[]
  /**
   * Scope name and version, attributes, span.kind, otel.status_code, error, otel.status_description,
   * w3c.tracestate, in this order.
   */
  readonly tags: readonly KeyValue[]
}

/** Takes a span apart; `referencesOf` and `logFieldsOf` have the rest of it. */
export function jaegerPartsOf(span: Span, scope: Scope | undefined): JaegerParts {
  const flags = flagsOf(span)
  const warnings = warningsOf(span)
  const tags: KeyValue[] = []
  if (scope !== undefined) {
    addText(tags, TagName.scopeName, scope.name)
    addText(tags, TagName.scopeVersion, scope.version)
  }
  for (const attribute of span.attributes) {
    if (attribute !== flags.attribute && attribute !== warnings.attribute) tags.push(attribute)
  }
  addStatusTags(tags, span)
  return {
    flags: ((span.flags & sampledFlag) | (flags.value & ~sampledFlag)) >>> 0,
    warnings: warnings.texts,
    tags,
  }
}

/**
 * The fields of a log: the name of the event is `event`, first. Where the event has an attribute `event`, the
 * name is one more at the end, unless that attribute says it already.
 */
export function logFieldsOf({ name, attributes }: SpanEvent): readonly KeyValue[] {
  if (name === '') return attributes
  const field: KeyValue = { key: TagName.event, value: { kind: 'string', value: name } }
  const last = attributes.findLast(({ key }) => key === TagName.event)
  if (last === undefined) return [field, ...attributes]
  return logNameOf(last.value) === name ? attributes : [...attributes, field]
}

/** End - start, as far as Go peers hold one: as int64 nanoseconds; they refuse a whole message over more. */
export function jaegerDurationNano({ startUnixNano, endUnixNano }: Span): bigint {
  const nano = endUnixNano - startUnixNano
  if (nano > durationMax) return durationMax
  return nano < -durationMax ? -durationMax : nano
}

/** What a reader of a log takes for its name, of the last field `event`. */
function logNameOf(value: AnyValue | undefined): string {
  switch (value?.kind) {
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
      return String(value.value)
    case 'array':
    case 'kvlist':
      return jsonText(value)
    default:
      return ''
  }
}

function addStatusTags(tags: KeyValue[], span: Span): void {
  addText(tags, TagName.spanKind, kindTexts.get(span.kind) ?? '')
  const code = span.status?.code
  if (code === StatusCode.ok) addText(tags, TagName.statusCode, 'OK')
  if (code === StatusCode.error) {
    addText(tags, TagName.statusCode, 'ERROR')
    tags.push({ key: TagName.error, value: { kind: 'bool', value: true } })
  }
  addText(tags, TagName.statusDescription, span.status?.message ?? '')
  addText(tags, TagName.traceState, span.traceState)
}

function addText(tags: KeyValue[], key: string, value: string): void {
  if (value !== '') tags.push({ key, value: { kind: 'string', value } })
}

/** The Jaeger flags that decode-span.ts put into an attribute; another use of its key stays a tag. */
function flagsOf(span: Span): { attribute: KeyValue | undefined; value: number } {
  const attribute = span.attributes.findLast(({ key }) => key === TagName.flags)
  const value = attribute?.value
  if (value?.kind !== 'int' || value.value <= 0n || value.value > 0xffff_ffffn) return noFlags
  // Bit 0 has a place of its own.
  if ((value.value & BigInt(sampledFlag)) !== 0n) return noFlags
  return { attribute, value: Number(value.value) }
}

/** The warnings of the attribute, when it is a list of strings and nothing else. */
function warningsOf(span: Span): { attribute: KeyValue | undefined; texts: readonly string[] } {
  const attribute = span.attributes.findLast(({ key }) => key === TagName.warnings)
  const value = attribute?.value
  if (value?.kind !== 'array') return noWarnings
  const texts: string[] = []
  for (const text of value.value) {
    if (!isString(text)) return noWarnings
    texts.push(text.value)
  }
  return { attribute, texts }
}

function isString(value: AnyValue): value is AnyValue & { readonly kind: 'string' } {
  return value.kind === 'string'
}

/** What `span.kind` says of each kind; others are not told. */
export const kindTexts: ReadonlyMap<number, string> = new Map([
  [SpanKind.client, 'client'],
  [SpanKind.server, 'server'],
  [SpanKind.producer, 'producer'],
  [SpanKind.consumer, 'consumer'],
  [SpanKind.internal, 'internal'],
])
const durationMax = 2n ** 63n - 1n
const noFlags = { attribute: undefined, value: 0 } as const
const noWarnings = { attribute: undefined, texts: [] } as const
