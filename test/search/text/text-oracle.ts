import { hexOf } from '../../../bridge/model/identifier.ts'
import type { Call, ConstantTerm, Term } from '../../../src/ports/span-query.ts'
import { parseQuery } from '../../../src/search/text/parse-query.ts'
import type {
  Constant,
  FieldExpression,
  Reference,
  SpansetExpression,
  Stage,
} from '../../../src/search/text/syntax.ts'
import { textLimitDefaults } from '../../../src/search/text/text-limits.ts'
import { call } from '../../conformance/filter.ts'
import type { Oracle, OracleSpan } from '../../conformance/oracle.ts'
import { holds } from '../../conformance/oracle.ts'

/** What a search by text must answer, in order: ids of traces and the ids of the spans in the result. */
export interface OracleAnswer {
  readonly traceId: string
  readonly newestMatchMicros: number
  readonly spanIds: readonly string[]
}

/** A search as the tests ask for it. */
export interface OracleSearch {
  readonly text: string
  readonly minMicros?: number | undefined
  readonly maxMicros?: number | undefined
  readonly limit: number
}

/**
 * Works the answer out from decoded spans, every trace and every pair of its spans one by one: nothing
 * is shared with the search but the parser and, for a comparison of one value, the oracle of filters.
 */
export function answerOf(oracle: Oracle, search: OracleSearch): OracleAnswer[] {
  const expression = parseQuery(search.text, textLimitDefaults)
  const traces = new Map<string, OracleSpan[]>()
  for (const span of oracle.spans()) {
    const id = hexOf(span.span.traceId)
    traces.set(id, [...(traces.get(id) ?? []), span])
  }
  const { minMicros = Number.NEGATIVE_INFINITY, maxMicros = Number.POSITIVE_INFINITY } = search
  const answers: OracleAnswer[] = []
  for (const [traceId, spans] of traces) {
    const result = spansetOf(expression, spans, spans).filter((span) => {
      const micros = oracle.indexedMicros(span)
      return micros >= minMicros && micros < maxMicros
    })
    if (result.length === 0) continue
    const newestMatchMicros = Math.max(...result.map((span) => oracle.indexedMicros(span)))
    const spanIds = result.map(({ span }) => hexOf(span.spanId)).sort()
    answers.push({ traceId, newestMatchMicros, spanIds })
  }
  const order = (one: OracleAnswer, two: OracleAnswer): number =>
    two.newestMatchMicros - one.newestMatchMicros || (one.traceId < two.traceId ? -1 : 1)
  return answers.sort(order).slice(0, search.limit)
}

type Spans = readonly OracleSpan[]

function spansetOf(expression: SpansetExpression, trace: Spans, within: Spans): Spans {
  switch (expression.kind) {
    case 'spans': {
      const { filter } = expression
      return within.filter((span) => filter === undefined || isTrue(filter, span, trace))
    }
    case 'pipeline':
      return expression.stages.reduce((set, stage) => stageOf(stage, trace, set), within)
    case 'both':
    case 'either': {
      const left = spansetOf(expression.left, trace, within)
      const right = spansetOf(expression.right, trace, within)
      if (expression.kind === 'both' && (left.length === 0 || right.length === 0)) return []
      return trace.filter((span) => left.includes(span) || right.includes(span))
    }
    case 'related': {
      const { relation, keeps } = expression
      const left = spansetOf(expression.left, trace, within)
      const right = spansetOf(expression.right, trace, within)
      const is = (one: OracleSpan, other: OracleSpan): boolean =>
        isRelated(relation, one, other, trace)
      const rights = right.filter((span) => left.some((other) => is(other, span)))
      if (keeps === 'none') return right.filter((span) => !rights.includes(span))
      if (keeps === 'right') return rights
      const lefts = left.filter((span) => right.some((other) => is(span, other)))
      return trace.filter((span) => lefts.includes(span) || rights.includes(span))
    }
  }
}

function stageOf(stage: Stage, trace: Spans, set: Spans): Spans {
  if (stage.kind === 'select') return set
  if (stage.kind !== 'count') return spansetOf(stage, trace, set)
  const [size, value] = [set.length, Number(stage.value)]
  const isKept = {
    '=': size === value,
    '!=': size !== value,
    '>': size > value,
    '>=': size >= value,
    '<': size < value,
    '<=': size <= value,
  }
  return isKept[stage.op] ? set : []
}

function isRelated(relation: string, left: OracleSpan, right: OracleSpan, trace: Spans): boolean {
  switch (relation) {
    case '>':
      return parentOf(right, trace) === left
    case '<':
      return parentOf(left, trace) === right
    case '>>':
      return ancestorsOf(right, trace).includes(left)
    case '<<':
      return ancestorsOf(left, trace).includes(right)
    default: {
      const [one, two] = [left.span.parentSpanId, right.span.parentSpanId]
      return left !== right && !!one && !!two && hexOf(one) === hexOf(two)
    }
  }
}

/** As the mapping of Zipkin's shared spans has it: the server hangs below the client of its id. */
function parentOf({ span }: OracleSpan, trace: Spans): OracleSpan | undefined {
  const withId = (id: Uint8Array | undefined, isClient: boolean): OracleSpan | undefined =>
    trace.find(
      ({ span: other }) =>
        id !== undefined && hexOf(other.spanId) === hexOf(id) && (other.kind === 3) === isClient,
    )
  const shared = span.kind === 2 ? withId(span.spanId, true) : undefined
  const parent = shared ?? withId(span.parentSpanId, false) ?? withId(span.parentSpanId, true)
  return parent?.span === span ? undefined : parent
}

function ancestorsOf(span: OracleSpan, trace: Spans): Spans {
  const found: OracleSpan[] = []
  for (let at = parentOf(span, trace); at && !found.includes(at); at = parentOf(at, trace)) {
    found.push(at)
  }
  return found
}

function isTrue(expression: FieldExpression, span: OracleSpan, trace: Spans): boolean {
  switch (expression.kind) {
    case 'constant':
      return expression.type === 'bool' && expression.value
    case 'reference':
      return compare('eq', expression, { kind: 'bool', value: true }, span, trace)
    case 'unary': {
      const { inner } = expression
      if (inner.kind === 'reference') {
        return compare('eq', inner, { kind: 'bool', value: false }, span, trace)
      }
      return !isTrue(inner, span, trace)
    }
    case 'binary': {
      const { op, left, right } = expression
      if (op === '&&') return isTrue(left, span, trace) && isTrue(right, span, trace)
      if (op === '||') return isTrue(left, span, trace) || isTrue(right, span, trace)
      if (left.kind !== 'reference') throw new Error('the generator has references on the left')
      return compared(op, left, right, span, trace)
    }
  }
}

function compared(
  op: string,
  left: Reference,
  right: FieldExpression,
  span: OracleSpan,
  trace: Spans,
): boolean {
  const constant = numberOf(right)
  const isThere = compare('exists', left, undefined, span, trace)
  if (constant.type === 'nil') return isThere === (op === '!=')
  const isField = left.type !== 'attribute' && !left.isMany
  const term = termOf(constant, left)
  if (isField && left.type !== 'duration' && left.type !== 'number' && !isThere) {
    // A field of the span that is not there is an empty text.
    const value = term.kind === 'string' ? term.value : ''
    if (op === '=~' || op === '!~')
      return new RegExp(`^(?:${value})$`, 'su').test('') === (op === '=~')
    return op === '=' ? value === '' : op === '!=' && value !== ''
  }
  const isEqual = (): boolean => compare('eq', left, term, span, trace)
  switch (op) {
    case '=':
      return isEqual()
    case '!=':
      return compare('ne', left, term, span, trace) && !isEqual()
    case '=~':
    case '!~': {
      const pattern = term.kind === 'string' ? `^(?:${term.value})$` : ''
      const matches = compare('regex', left, { kind: 'string', value: pattern }, span, trace)
      return op === '=~' ? matches : isThere && !matches
    }
    default: {
      const names = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const
      return compare(names[op as keyof typeof names], left, term, span, trace)
    }
  }
}

/** Facts of the trace are made attributes of a span, and compared as one. */
function compare(
  op: Call['op'],
  left: Reference,
  right: ConstantTerm | undefined,
  span: OracleSpan,
  trace: Spans,
): boolean {
  const fact = factOf(left, span, trace)
  const subject: Term =
    fact === undefined ? left.term : { kind: 'attr', level: 'span', key: 'fact' }
  const attributes = fact?.value === undefined ? [] : [{ key: 'fact', value: fact.value }]
  const sight = fact === undefined ? span : { ...span, span: { ...span.span, attributes } }
  return holds(right === undefined ? call(op, subject) : call(op, subject, right), { span: sight })
}

function factOf(
  { name, term }: Reference,
  span: OracleSpan,
  trace: Spans,
):
  | { value: { kind: 'string'; value: string } | { kind: 'int'; value: bigint } | undefined }
  | undefined {
  const times = trace.map((one) => one.span)
  const roots = trace
    .filter((one) => one.span.parentSpanId === undefined)
    .sort((one, two) => order(rootKey(one), rootKey(two)))
  const text = (value: string | undefined) => ({
    value: value ? { kind: 'string' as const, value } : undefined,
  })
  switch (term.kind === 'field' ? term.name : name) {
    case 'trace:rootName':
      return text(roots[0]?.span.name)
    case 'trace:rootService':
      return text(roots[0] && serviceOf(roots[0]))
    case 'trace:duration': {
      const starts = times.map(({ startUnixNano }) => startUnixNano).sort(orderNumbers)
      const ends = times.map(({ endUnixNano }) => endUnixNano).sort(orderNumbers)
      const [start = 0n, end = 0n] = [starts[0], ends.at(-1)]
      return { value: { kind: 'int', value: (end - start) / 1000n } }
    }
    case 'span:childCount': {
      const children = trace.filter((one) => parentOf(one, trace) === span)
      return { value: { kind: 'int', value: BigInt(children.length) } }
    }
    default:
      return undefined
  }
}

function rootKey(span: OracleSpan): string {
  const start = span.span.startUnixNano.toString().padStart(20, '0')
  return [start, hexOf(span.span.spanId), serviceOf(span), span.span.name].join('\u0000')
}

function order(one: string, two: string): number {
  return one < two ? -1 : Number(one > two)
}

function orderNumbers(one: bigint, two: bigint): number {
  return one < two ? -1 : Number(one > two)
}

function serviceOf({ resource }: OracleSpan): string {
  const value = resource?.attributes.find(({ key }) => key === 'service.name')?.value
  return value?.kind === 'string' ? value.value : ''
}

/** The generator writes few sums, and no other arithmetic. */
function numberOf(expression: FieldExpression): Constant {
  if (expression.kind === 'constant') return expression
  if (expression.kind === 'unary') {
    const inner = numberOf(expression.inner)
    if (inner.type === 'int') return { ...inner, value: -inner.value }
    if (inner.type === 'float') return { ...inner, value: -inner.value }
  }
  if (expression.kind === 'binary') {
    const [left, right] = [numberOf(expression.left), numberOf(expression.right)]
    if (left.type === 'int' && right.type === 'int') {
      const value = expression.op === '+' ? left.value + right.value : left.value * right.value
      return { ...left, value }
    }
  }
  throw new Error('the generator writes no such constant')
}

function termOf(constant: Constant, { type, term }: Reference): ConstantTerm {
  switch (constant.type) {
    case 'nil':
      throw new Error('nil has no term')
    case 'int':
      return { kind: 'int', value: constant.value }
    case 'float':
      return { kind: 'double', value: constant.value }
    case 'duration':
      if (term.kind === 'field' && term.name === 'trace:duration') {
        return { kind: 'int', value: constant.value / 1000n }
      }
      return type === 'duration'
        ? { kind: 'durationNano', value: constant.value }
        : { kind: 'int', value: constant.value }
    case 'bool':
      return { kind: 'bool', value: constant.value }
    default: {
      const digits = type === 'trace id' ? 32 : type === 'span id' ? 16 : 0
      return {
        kind: 'string',
        value: constant.value.padStart(constant.value === '' ? 0 : digits, '0'),
      }
    }
  }
}
