import { compileNumber } from './compile-field.ts'
import { parseField, parseNumber, parseReference } from './parse-field.ts'
import type { CountOperator, Reference, Relation, SpansetExpression, Stage } from './syntax.ts'
import { textError } from './text-error.ts'
import type { TextLimits } from './text-limits.ts'
import { TokenReader } from './token-reader.ts'

/**
 * Reads a query text: the spanset part of TraceQL. Time and memory are proportional to its length.
 *
 * @throws GatewayError 'invalid_argument' with line, column and what was expected, or with the name
 *   of what TraceQL has and this does not
 */
export function parseQuery(text: string, limits: TextLimits): SpansetExpression {
  if (text.length > limits.textMax) {
    throw textError(text, limits.textMax, `the query is longer than ${limits.textMax} characters`)
  }
  const reader = new TokenReader(text, limits.textDepthMax)
  const parser: Parser = { reader, limits, count: { spansets: 0 } }
  const pipeline = parsePipeline(parser)
  const { next } = reader
  if (next.kind === 'word' && next.word === 'with') {
    throw reader.unsupported(next.at, 'a hint, "with (…)"')
  }
  if (next.kind !== 'end') {
    refuseArithmetic(reader)
    throw reader.unexpected(['"|"', 'an operator between spansets', 'the end'])
  }
  return pipeline
}

interface Parser {
  readonly reader: TokenReader
  readonly limits: TextLimits
  readonly count: { spansets: number }
}

function parsePipeline(parser: Parser): SpansetExpression {
  const { reader } = parser
  const stages: Stage[] = []
  do {
    stages.push(parseStage(parser, stages.length === 0))
    if (stages.length > parser.limits.stagesMax) {
      const state = `the pipeline has over ${parser.limits.stagesMax} stages`
      throw reader.error(reader.next.at, state)
    }
  } while (reader.takesMark('|'))
  const [only, ...others] = stages
  if (only !== undefined && others.length === 0 && isSpanset(only)) return only
  return { kind: 'pipeline', stages }
}

function isSpanset(stage: Stage): stage is SpansetExpression {
  return stage.kind !== 'count' && stage.kind !== 'select'
}

function parseStage(parser: Parser, isFirst: boolean): Stage {
  const { reader } = parser
  const { next } = reader
  if (next.kind === 'mark' && (next.mark === '{' || next.mark === '(')) return parseSpansets(parser)
  if (next.kind === 'word') {
    if (next.word === 'count') return parseCount(reader)
    if (next.word === 'select') return parseSelect(parser)
    const unsupported = unsupportedStages[next.word]
    if (unsupported !== undefined) throw reader.unsupported(next.at, unsupported)
  }
  if (['int', 'float', 'duration'].includes(next.kind)) {
    throw reader.unsupported(next.at, 'a number before an aggregate')
  }
  const first = isFirst ? ['"{"', '"("'] : ['"{"', '"("', '"count()"', '"select("']
  throw reader.unexpected(first)
}

/** What TraceQL has besides, by the word it begins with. */
const unsupportedStages: Readonly<Record<string, string>> = {
  by: 'grouping, "by()",',
  coalesce: '"coalesce()"',
  avg: 'the aggregate "avg()"',
  max: 'the aggregate "max()"',
  min: 'the aggregate "min()"',
  sum: 'the aggregate "sum()"',
  ...Object.fromEntries(
    [
      'rate',
      'count_over_time',
      'min_over_time',
      'max_over_time',
      'avg_over_time',
      'sum_over_time',
      'quantile_over_time',
      'histogram_over_time',
      'compare',
      'topk',
      'bottomk',
    ].map((word) => [word, `the metric "${word}()"`]),
  ),
}

/** `&&` and `||` have one precedence, what relates spans comes before them; all group from the left. */
function parseSpansets(parser: Parser): SpansetExpression {
  const { reader } = parser
  let left = parseRelated(parser)
  for (;;) {
    if (reader.takesMark('&&')) left = { kind: 'both', left, right: parseRelated(parser) }
    else if (reader.takesMark('||')) left = { kind: 'either', left, right: parseRelated(parser) }
    else return left
  }
}

function parseRelated(parser: Parser): SpansetExpression {
  const { reader } = parser
  let left = parseSpanset(parser)
  for (;;) {
    const found = reader.mark === undefined ? undefined : relations[reader.mark]
    if (found === undefined) return left
    reader.take()
    left = { kind: 'related', ...found, left, right: parseSpanset(parser) }
  }
}

const relations: Readonly<
  Record<string, { readonly relation: Relation; readonly keeps: 'right' | 'none' | 'both' }>
> = Object.fromEntries(
  (['>', '>>', '<', '<<', '~'] as const).flatMap((relation) => [
    [relation, { relation, keeps: 'right' }],
    [`!${relation}`, { relation, keeps: 'none' }],
    [`&${relation}`, { relation, keeps: 'both' }],
  ]),
)

function parseSpanset(parser: Parser): SpansetExpression {
  const { reader, limits, count } = parser
  const { at } = reader.next
  if (reader.takesMark('(')) {
    const inner = reader.deeper(() => parsePipeline(parser))
    refuseArithmetic(reader)
    reader.needMark(')', '"|"', 'an operator between spansets')
    refuseArithmetic(reader)
    return inner
  }
  if (!reader.takesMark('{')) throw reader.unexpected(['"{"', '"("'])
  count.spansets += 1
  if (count.spansets > limits.spansetsMax) {
    throw reader.error(at, `the query has over ${limits.spansetsMax} spansets`)
  }
  if (reader.takesMark('}')) return { kind: 'spans', filter: undefined, at }
  const filter = parseField(reader)
  reader.needMark('}', 'an operator')
  return { kind: 'spans', filter, at }
}

/** `count() > 2` */
function parseCount(reader: TokenReader): Stage {
  const { at } = reader.take()
  reader.needMark('(')
  reader.needMark(')')
  refuseArithmetic(reader)
  if (reader.mark === ')') throw reader.unsupported(at, 'a count that is compared outside')
  const op = countOperators.find((one) => one === reader.mark)
  if (op === undefined) throw reader.unexpected(countOperators.map((one) => `"${one}"`))
  reader.take()
  const { next } = reader
  if (next.kind === 'word' && (next.word === 'count' || next.word in unsupportedStages)) {
    throw reader.unsupported(next.at, 'comparing two aggregates')
  }
  return { kind: 'count', op, value: compileNumber(reader.text, parseNumber(reader)) }
}

const countOperators: readonly CountOperator[] = ['=', '!=', '>', '>=', '<', '<=']

/** `select(.a, name)` */
function parseSelect({ reader, limits }: Parser): Stage {
  reader.take()
  reader.needMark('(')
  const references: Reference[] = []
  do {
    const reference = parseReference(reader)
    if (reference === undefined) {
      throw reader.unexpected(['an attribute such as ".key"', 'a field such as "name"'])
    }
    references.push(reference)
    if (references.length > limits.selectedMax) {
      throw reader.error(reference.at, `over ${limits.selectedMax} values are selected`)
    }
  } while (reader.takesMark(','))
  reader.needMark(')', '","')
  return { kind: 'select', references }
}

function refuseArithmetic(reader: TokenReader): void {
  const { mark, next } = reader
  if (mark !== undefined && ['+', '-', '*', '/', '%', '^'].includes(mark)) {
    throw reader.unsupported(next.at, `arithmetic on aggregates and metrics, "${mark}",`)
  }
}
