import { hexOf } from '../../bridge/model/identifier.ts'
import type {
  AnyValue,
  KeyValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
} from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupSlice,
  SpanField,
  spanCount,
  spanField,
} from '../../bridge/model/span-batch.ts'
import { resourceOf, scopeOf, spanOf } from '../../bridge/otlp/batch-objects.ts'
import type {
  AttributeTerm,
  Call,
  ConstantTerm,
  FieldTerm,
  SpanQuery,
  Term,
} from '../../src/ports/span-query.ts'
import type { ReadTrace } from './answer.ts'
import { spanKey } from './answer.ts'

/**
 * What a store must answer, worked out once more and on purpose in another way than src/search:
 * every span is decoded whole, every condition gathers all its values first, numbers are compared
 * as fractions and regular expressions by JavaScript. Slow and without any cleverness.
 */
export class Oracle {
  readonly #spans = new Map<string, OracleSpan>()
  readonly #retentionMs: number

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs
  }

  add(batch: SpanBatch): void {
    for (let at = 0; at < spanCount(batch); at += 1) {
      const group = spanField(batch, at, SpanField.group)
      const schema = (field: number): string =>
        Buffer.from(groupSlice(batch, group, field)).toString('utf8')
      this.#spans.set(spanKey(batch, at), {
        span: spanOf(batch, at),
        resource: resourceOf(batch, group),
        scope: scopeOf(batch, group),
        resourceSchemaUrl: schema(GroupField.resourceSchemaUrl),
        scopeSchemaUrl: schema(GroupField.scopeSchemaUrl),
        arrivalUnixMs: batch.arrivalUnixMs,
      })
    }
  }

  /** Traces that match, in order. */
  find(query: SpanQuery): RankedTrace[] {
    const newest = new Map<string, number>()
    for (const span of this.#spans.values()) {
      const micros = this.#indexedMicros(span)
      if (query.minMicros !== undefined && micros < query.minMicros) continue
      if (query.maxMicros !== undefined && micros >= query.maxMicros) continue
      if (query.filter !== undefined && !holds(query.filter, { span })) continue
      const traceId = hexOf(span.span.traceId)
      newest.set(traceId, Math.max(micros, newest.get(traceId) ?? Number.NEGATIVE_INFINITY))
    }
    return [...newest]
      .sort(([oneId, one], [otherId, other]) => other - one || (oneId < otherId ? -1 : 1))
      .slice(0, query.limit)
      .map(([traceId, newestMatchMicros]) => ({ traceId, newestMatchMicros }))
  }

  /** The same traces with the keys of all their spans. */
  keysOf(traces: readonly RankedTrace[]): ReadTrace[] {
    return traces.map((trace) => {
      const spans = [...this.#spans].filter(([, { span }]) => hexOf(span.traceId) === trace.traceId)
      return { ...trace, keys: spans.map(([key]) => key).sort() }
    })
  }

  #indexedMicros({ span, arrivalUnixMs }: OracleSpan): number {
    const own = span.startUnixNano / 1000n
    const earliest = BigInt(arrivalUnixMs - this.#retentionMs) * 1000n
    const latest = BigInt(arrivalUnixMs + 3_600_000) * 1000n
    if (own < earliest) return Number(earliest)
    return Number(own > latest ? latest : own)
  }
}

type RankedTrace = Omit<ReadTrace, 'keys'>

interface OracleSpan {
  readonly span: Span
  readonly resource: Resource | undefined
  readonly scope: Scope | undefined
  readonly resourceSchemaUrl: string
  readonly scopeSchemaUrl: string
  readonly arrivalUnixMs: number
}

interface Sight {
  readonly span: OracleSpan
  readonly event?: SpanEvent
  readonly link?: SpanLink
}

type Found =
  | { readonly type: 'text' | 'bytes' | 'bool'; readonly text: string }
  | {
      readonly type: 'int' | 'double'
      readonly text: string
      readonly number: Fraction | undefined
    }
  | { readonly type: 'duration' | 'time'; readonly number: Fraction }
  | { readonly type: 'empty'; readonly text: '' }

/** A number as numerator over a power of two, exactly; undefined stands for NaN. */
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

function holds(call: Call, sight: Sight): boolean {
  const calls = call.args.filter((term) => term.kind === 'call')
  switch (call.op) {
    case 'and':
      return calls.every((inner) => holds(inner, sight))
    case 'or':
      return calls.some((inner) => holds(inner, sight))
    case 'not':
      return calls.every((inner) => !holds(inner, sight))
    case 'some':
      return someHolds(call, sight)
    case 'exists':
      return exists(call.args[0], sight)
    case 'regex': {
      const pattern = new RegExp(textOf(call.args[1]), 'su')
      return valuesOf(call.args[0], sight).some(
        (value) => 'text' in value && pattern.test(value.text),
      )
    }
    case 'in':
    case 'not_in': {
      const constants = call.args[1]?.kind === 'list' ? call.args[1].values : []
      return valuesOf(call.args[0], sight).some((value) => {
        const answers = constants.map((constant) => isEqual(value, constant))
        if (call.op === 'in') return answers.includes(true)
        return answers.some((answer) => answer !== undefined) && !answers.includes(true)
      })
    }
    default:
      return compares(call, sight)
  }
}

function someHolds(call: Call, sight: Sight): boolean {
  const [collection, predicate] = call.args
  if (predicate?.kind !== 'call' || collection?.kind !== 'nested') return false
  const { events, links } = sight.span.span
  return collection.level === 'event'
    ? events.filter((event) => holds(predicate, { ...sight, event })).length > 0
    : links.filter((link) => holds(predicate, { ...sight, link })).length > 0
}

function compares(call: Call, sight: Sight): boolean {
  const [left, right] = call.args
  if (left === undefined || right === undefined) return false
  const constant = right as ConstantTerm
  return valuesOf(left, sight).some((value) => {
    if (call.op === 'eq') return isEqual(value, constant) === true
    if (call.op === 'ne') return isEqual(value, constant) === false
    const sign = orderOf(value, constant)
    if (sign === undefined) return false
    if (call.op === 'gt') return sign > 0
    if (call.op === 'lt') return sign < 0
    return call.op === 'gte' ? sign >= 0 : sign <= 0
  })
}

/** Undefined when the two have no common type. */
function isEqual(value: Found, constant: ConstantTerm): boolean | undefined {
  if (constant.kind === 'any') return 'text' in value ? value.text === constant.value : undefined
  if (constant.kind === 'string') {
    return value.type === 'text' ? value.text === constant.value : undefined
  }
  if (constant.kind === 'bool') {
    return value.type === 'bool' ? value.text === String(constant.value) : undefined
  }
  if (!sameDomain(value, constant)) return undefined
  return orderOf(value, constant) === 0
}

function sameDomain(value: Found, constant: ConstantTerm): boolean {
  if (constant.kind === 'durationNano') return value.type === 'duration'
  if (constant.kind === 'timeUnixNano') return value.type === 'time'
  return value.type === 'int' || value.type === 'double'
}

function orderOf(value: Found, constant: ConstantTerm): number | undefined {
  if (constant.kind === 'bool') return undefined
  if (constant.kind === 'string' || constant.kind === 'any') {
    if (value.type === 'text') {
      return value.text < constant.value ? -1 : Number(value.text > constant.value)
    }
    if (constant.kind === 'string' || (value.type !== 'int' && value.type !== 'double')) {
      return undefined
    }
    const isNumber = constant.value.trim() !== '' && !Number.isNaN(Number(constant.value))
    const number = /^-?\d+$/.test(constant.value) ? BigInt(constant.value) : Number(constant.value)
    return isNumber ? orderOfFractions(value.number, fractionOf(number)) : undefined
  }
  if (!sameDomain(value, constant) || !('number' in value)) return undefined
  const other = constant.kind === 'durationNano' ? constant.value / 1000n : constant.value
  return orderOfFractions(value.number, fractionOf(other))
}

function orderOfFractions(
  left: Fraction | undefined,
  right: Fraction | undefined,
): number | undefined {
  if (left === undefined || right === undefined) return undefined
  const [one, other] = [left.over * right.under, right.over * left.under]
  if (one === other) return 0
  return one < other ? -1 : 1
}

function fractionOf(number: bigint | number): Fraction | undefined {
  if (typeof number === 'bigint') return { over: number, under: 1n }
  if (Number.isNaN(number)) return undefined
  let under = 1n
  let over = number
  while (!Number.isInteger(over)) {
    over *= 2
    under *= 2n
  }
  return { over: BigInt(over), under }
}

function exists(term: Term | undefined, sight: Sight): boolean {
  if (term?.kind === 'attr') return entriesOf(term, sight).length > 0
  return valuesOf(term, sight).length > 0
}

function valuesOf(term: Term | undefined, sight: Sight): Found[] {
  if (term?.kind === 'field') return fieldValues(term, sight)
  if (term?.kind !== 'attr') return []
  return entriesOf(term, sight).flatMap(({ value }) => scalars(value))
}

function entriesOf(term: AttributeTerm, sight: Sight): KeyValue[] {
  const { span, resource, scope } = sight.span
  const events = sight.event === undefined ? span.events : [sight.event]
  const links = sight.link === undefined ? span.links : [sight.link]
  const all = {
    span: [...span.attributes],
    resource: [...(resource?.attributes ?? [])],
    scope: [...(scope?.attributes ?? [])],
    event: events.flatMap(({ attributes }) => attributes),
    link: links.flatMap(({ attributes }) => attributes),
  }
  const entries = term.level === '' ? Object.values(all).flat() : all[term.level]
  return entries.filter(({ key }) => key === term.key)
}

function scalars(value: AnyValue | undefined): Found[] {
  switch (value?.kind) {
    case undefined:
    case 'empty':
      return [{ type: 'empty', text: '' }]
    case 'string':
      return [{ type: 'text', text: value.value }]
    case 'bool':
      return [{ type: 'bool', text: value.value ? 'true' : 'false' }]
    case 'int':
      return [{ type: 'int', text: String(value.value), number: fractionOf(value.value) }]
    case 'double':
      return [{ type: 'double', text: goText(value.value), number: fractionOf(value.value) }]
    case 'bytes':
      return [{ type: 'bytes', text: Buffer.from(value.value).toString('hex') }]
    case 'array':
      return value.value.flatMap(scalars)
    case 'kvlist':
      return []
  }
}

/** Ten digits as Go writes them, by way of JavaScript's rounding to ten digits. */
function goText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Object.is(value, -0)) return '-0'
  const rounded = Number(value.toPrecision(10))
  const size = Math.abs(rounded)
  if (size === 0 || (size >= 1e-4 && size < 1e10)) return String(rounded)
  return rounded.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

function fieldValues(term: FieldTerm, sight: Sight): Found[] {
  const { span, scope, resource, resourceSchemaUrl, scopeSchemaUrl } = sight.span
  const events = sight.event === undefined ? span.events : [sight.event]
  const links = sight.link === undefined ? span.links : [sight.link]
  const texts = (...values: readonly (string | undefined)[]): Found[] =>
    values.flatMap((text) => (text ? [{ type: 'text', text }] : []))
  const numbers = (type: 'duration' | 'time', ...values: readonly bigint[]): Found[] =>
    values.map((over) => ({ type, number: { over, under: 1n } }))
  const lasted = span.endUnixNano / 1000n - span.startUnixNano / 1000n
  const exact = (span.endUnixNano - span.startUnixNano) / 1000n
  switch (`${term.level}.${term.name}`) {
    case 'span.traceID':
      return texts(hexOf(span.traceId))
    case 'span.spanID':
      return texts(hexOf(span.spanId))
    case 'span.parentSpanID':
      return texts(span.parentSpanId && hexOf(span.parentSpanId))
    case 'span.traceState':
      return texts(span.traceState)
    case 'span.name':
      return texts(span.name)
    case 'span.kind':
      return texts(
        ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'][span.kind],
      )
    case 'span.status':
      return texts(['unset', 'ok', 'error'][span.status?.code ?? 0])
    case 'span.statusMessage':
      return texts(span.status?.message)
    case 'span.startTime':
      return numbers('time', span.startUnixNano)
    case 'span.endTime':
      return numbers('time', span.endUnixNano)
    case 'span.duration':
      return numbers('duration', lasted < 0n ? 0n : exact)
    case 'resource.service':
      return texts(serviceOf(resource))
    case 'resource.schemaURL':
      return texts(resourceSchemaUrl)
    case 'scope.name':
      return texts(scope?.name)
    case 'scope.version':
      return texts(scope?.version)
    case 'scope.schemaURL':
      return texts(scopeSchemaUrl)
    case 'event.name':
      return texts(...events.map(({ name }) => name))
    case 'event.time':
      return numbers('time', ...events.map(({ timeUnixNano }) => timeUnixNano))
    case 'event.timeSinceStart':
      return numbers(
        'duration',
        ...events.map((event) => (event.timeUnixNano - span.startUnixNano) / 1000n),
      )
    case 'link.traceID':
      return texts(...links.map(({ traceId }) => hexOf(traceId)))
    case 'link.spanID':
      return texts(...links.map(({ spanId }) => hexOf(spanId)))
    case 'link.traceState':
      return texts(...links.map(({ traceState }) => traceState))
    default:
      throw new Error(`no field ${term.level}.${term.name}`)
  }
}

function serviceOf(resource: Resource | undefined): string | undefined {
  const entry = resource?.attributes.find(({ key }) => key === 'service.name')
  return entry?.value?.kind === 'string' ? entry.value.value : undefined
}

function textOf(term: Term | undefined): string {
  return term?.kind === 'string' || term?.kind === 'any' ? term.value : ''
}
