import type { Call__Output } from '../../proto/gen/jaeger/expression/v1/Call.ts'
import type { Expression__Output } from '../../proto/gen/jaeger/expression/v1/Expression.ts'
import type {
  AttributeLevel,
  Call,
  ConstantTerm,
  FieldLevel,
  Operator,
  Term,
} from '../ports/span-query.ts'
import { builtInFields, operators } from '../ports/span-query.ts'
import { queryLimitDefaults } from '../search/query-limits.ts'
import { badField, quoted } from './bad-field.ts'
import { durationOf, timeOf } from './duration-and-time.ts'

/** A call of `jaeger.expression.v1`, however it came. */
export type WireCall = Pick<Call__Output, 'op'> & { readonly args: readonly WireExpression[] }
/** A node of its tree. */
export type WireExpression = Omit<Expression__Output, 'call'> & { readonly call?: WireCall | null }

/**
 * A filter of `jaeger.expression.v1` with its constants resolved: text without a type is read as what it
 * is compared with, a duration (`250ms`) or a time (RFC 3339), and stays `any` beside everything else.
 * Whether the tree makes sense is looked at by src/search.
 *
 * Source: jaeger-idl, expression/v1; Jaeger RFC 0005, §5.
 *
 * @throws GatewayError 'invalid_argument' with the path of the term at fault, from `filter` on
 */
export function readFilter(call: WireCall): Call {
  return readCall(call, 'filter', 1)
}

function readCall({ op, args }: WireCall, path: string, depth: number): Call {
  const { filterDepthMax } = queryLimitDefaults
  if (depth > filterDepthMax) throw badField(path, `nests calls over ${filterDepthMax} deep`)
  if (!isOperator(op)) {
    throw badField(`${path}.op`, `is ${quoted(op)}, must be one of ${operators.join(', ')}`)
  }
  const terms = args.map((arg, at) => readTerm(arg, `${path}.args[${at}]`, { args, at, depth }))
  return { kind: 'call', op, args: terms }
}

/** Where a term stands among others. */
interface Beside {
  readonly args: readonly WireExpression[]
  readonly at: number
  readonly depth: number
}

function readTerm(expression: WireExpression, path: string, beside: Beside): Term {
  const { attr, field, nested, scalar, list, call } = expression
  if (call) return readCall(call, path, beside.depth + 1)
  if (attr) return { kind: 'attr', key: attr.key, level: readLevel(attr.level, `${path}.attr`) }
  if (field) {
    // A level that is none of them is refused with all others that make no sense.
    return { kind: 'field', name: field.name, level: field.level as FieldLevel }
  }
  if (nested) return { kind: 'nested', level: nested.level as 'event' | 'link' }
  const other = beside.args.find((_, at) => at !== beside.at)
  if (scalar) {
    return readConstant(scalar, { path: `${path}.scalar`, meaning: meaningBeside(other) })
  }
  if (list) return readList(list, `${path}.list`, other)
  throw badField(path, 'is empty, must be attr, field, nested, scalar, list or call')
}

function readLevel(level: string, path: string): AttributeLevel {
  if (level === '' || Object.hasOwn(builtInFields, level)) return level as AttributeLevel
  const known = Object.keys(builtInFields).join(', ')
  throw badField(`${path}.level`, `is ${quoted(level)}, must be one of ${known}, or empty for any`)
}

/** What a constant without type stands for. */
type Meaning = 'duration' | 'time' | 'any'

const durations = ['duration', 'timeSinceStart']
const times = ['startTime', 'endTime', 'time']

function meaningBeside(other: WireExpression | undefined): Meaning {
  const name = other?.field?.name ?? ''
  if (durations.includes(name)) return 'duration'
  return times.includes(name) ? 'time' : 'any'
}

interface Place {
  readonly path: string
  readonly meaning: Meaning
}

function readList(
  { values, type }: { readonly values: readonly string[]; readonly type: string },
  path: string,
  other: WireExpression | undefined,
): Term {
  if (type === '' && other?.attr) {
    throw badField(`${path}.type`, 'is required where a list is compared with an attribute')
  }
  const place = { path, meaning: meaningBeside(other) }
  return { kind: 'list', values: values.map((value) => readConstant({ value, type }, place)) }
}

function readConstant(
  { value, type }: { readonly value: string; readonly type: string },
  { path, meaning }: Place,
): ConstantTerm {
  const constant = type === '' ? untyped(value, meaning) : typed(value, type, path)
  if (constant !== undefined) return constant
  throw badField(`${path}.value`, `is ${quoted(value)}, must be ${expected[type || meaning]}`)
}

const expected: Readonly<Record<string, string>> = {
  int: 'a whole number of 64 bits',
  double: 'a decimal number',
  bool: 'true or false',
  duration: 'a duration such as 250ms or 1.5s',
  time: 'a time such as 2026-01-31T12:00:00.5Z',
}

function untyped(value: string, meaning: Meaning): ConstantTerm | undefined {
  if (meaning === 'any') return { kind: 'any', value }
  const nano = meaning === 'duration' ? durationOf(value) : timeOf(value)
  if (nano === undefined) return undefined
  return { kind: meaning === 'duration' ? 'durationNano' : 'timeUnixNano', value: nano }
}

function typed(value: string, type: string, path: string): ConstantTerm | undefined {
  switch (type) {
    case 'string':
      return { kind: 'string', value }
    case 'int':
      return integer(value)
    case 'double':
      return double(value)
    case 'bool':
      if (value !== 'true' && value !== 'false') return undefined
      return { kind: 'bool', value: value === 'true' }
    default:
      throw badField(
        `${path}.type`,
        `is ${quoted(type)}, must be string, int, double, bool, or empty`,
      )
  }
}

/** Also the words that Go's `strconv.ParseFloat` takes. */
function double(text: string): ConstantTerm | undefined {
  if (/^[+-]?nan$/i.test(text)) return { kind: 'double', value: Number.NaN }
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    const value = text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    return { kind: 'double', value }
  }
  return decimal.test(text) ? { kind: 'double', value: Number(text) } : undefined
}

const decimal = /^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?$/

function integer(text: string): ConstantTerm | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? { kind: 'int', value } : undefined
}

function isOperator(op: string): op is Operator {
  return operators.some((known) => known === op)
}
