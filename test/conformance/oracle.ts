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
import type { Fraction } from './fraction.ts'
import { fractionOf, orderOfFractions } from './fraction.ts'

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
      const micros = this.indexedMicros(span)
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

  /** All spans, each once. */
  spans(): Iterable<OracleSpan> {
    return this.#spans.values()
  }

  /** The start by which a span is searched. */
  indexedMicros({ span, arrivalUnixMs }: OracleSpan): number {
    const own = span.startUnixNano / 1000n
    const earliest = BigInt(arrivalUnixMs - this.#retentionMs) * 1000n
    const latest = BigInt(arrivalUnixMs + 3_600_000) * 1000n
    if (own < earliest) return Number(earliest)
    return Number(own > latest ? latest : own)
  }
}

type RankedTrace = Omit<ReadTrace, 'keys'>

/** A span with all that a condition may ask for. */
export interface OracleSpan {
  readonly span: Span
  readonly resource: Resource | undefined
  readonly scope: Scope | undefined
  readonly resourceSchemaUrl: string
  readonly scopeSchemaUrl: string
  readonly arrivalUnixMs: number
}

/** A span, and the event or link that an enclosing `some` looks at. */
export interface Sight {
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

/** Whether the condition holds for the span. */
export function holds(call: Call, sight: Sight): boolean {
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

function compares({ op, args: [left, right] }: Call, sight: Sight): boolean {
  if (left === undefined || right === undefined) return false
  if (!isReference(left) && isReference(right)) {
    const swapped: Partial<Record<Call['op'], Call['op']>> = {
      gt: 'lt',
      lt: 'gt',
      gte: 'lte',
      lte: 'gte',
    }
    return compares({ kind: 'call', op: swapped[op] ?? op, args: [right, left] }, sight)
  }
  const values = valuesOf(left, sight)
  if (isReference(right)) {
    const others = valuesOf(right, sight)
    return values.some((value) => others.some((other) => isSo(op, signOf(value, other))))
  }
  const constant = right as ConstantTerm
  return values.some((value) => {
    if (op === 'eq') return isEqual(value, constant) === true
    if (op === 'ne') return isEqual(value, constant) === false
    return isSo(op, orderOf(value, constant))
  })
}

function isReference(term: Term): boolean {
  return term.kind === 'attr' || term.kind === 'field'
}

function isSo(op: Call['op'], sign: number | undefined): boolean {
  if (sign === undefined) return false
  if (op === 'eq') return sign === 0
  if (op === 'ne') return sign !== 0
  if (op === 'gt') return sign > 0
  if (op === 'lt') return sign < 0
  return op === 'gte' ? sign >= 0 : sign <= 0
}

/** Of two values of a span: NaN when they differ without an order, undefined without a common type. */
function signOf(left: Found, right: Found): number | undefined {
  const domain = ({ type }: Found): string => (type === 'int' ? 'double' : type)
  if (domain(left) !== domain(right)) return undefined
  if ('number' in left && 'number' in right) {
    return orderOfFractions(left.number, right.number) ?? Number.NaN
  }
  const [one, other] = ['text' in left && left.text, 'text' in right && right.text]
  if (one === other) return 0
  if (left.type !== 'text') return Number.NaN
  return one < other ? -1 : 1
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
    span: () => span.attributes,
    resource: () => resource?.attributes ?? [],
    scope: () => scope?.attributes ?? [],
    event: () => events.flatMap(({ attributes }) => attributes),
    link: () => links.flatMap(({ attributes }) => attributes),
  }
  const levels = term.level === '' ? Object.values(all) : [all[term.level]]
  return levels.flatMap((entries) => entries().filter(({ key }) => key === term.key))
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
      return numbers('duration', durationOf(span))
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

function durationOf({ startUnixNano, endUnixNano }: Span): bigint {
  const lasted = endUnixNano / 1000n - startUnixNano / 1000n
  return lasted < 0n ? 0n : (endUnixNano - startUnixNano) / 1000n
}

function serviceOf(resource: Resource | undefined): string | undefined {
  const entry = resource?.attributes.find(({ key }) => key === 'service.name')
  return entry?.value?.kind === 'string' ? entry.value.value : undefined
}

function textOf(term: Term | undefined): string {
  return term?.kind === 'string' || term?.kind === 'any' ? term.value : ''
}
