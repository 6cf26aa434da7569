import { RE2JS, RE2JSException } from 're2js'
import type { Call, ConstantTerm, Operator } from '../../ports/span-query.ts'
import { equality, ordering, valueOfConstant } from '../constant.ts'
import { call, constantCondition } from './conditions.ts'
import type { NumberConstant } from './fold-numbers.ts'
import { isNumber } from './fold-numbers.ts'
import type { Constant, Reference } from './syntax.ts'

/** Comparisons of the language that look at one value. */
export type ComparisonMark = '=' | '!=' | '>' | '>=' | '<' | '<='

/** What makes two sides incomparable, as a message says it. */
export class Incomparable {
  readonly state: string

  constructor(state: string) {
    this.state = state
  }
}

/** The operators of the filter tree. */
export const operatorOf: Readonly<Record<ComparisonMark, Operator>> = {
  '=': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
}

/** Two constants: true or false. */
export function compareConstants(
  mark: ComparisonMark,
  left: Constant,
  right: Constant,
): boolean | Incomparable {
  const isSame = left.type === right.type || (isNumber(left) && isNumber(right))
  const isNil = left.type === 'nil' || right.type === 'nil'
  if (!isSame && !isNil) return new Incomparable(`${named(left)} is compared with ${named(right)}`)
  const isOrdered = mark !== '=' && mark !== '!='
  if (isOrdered && (isNil || !(isNumber(left) || left.type === 'string'))) {
    return new Incomparable(`${named(left)} has no order`)
  }
  if (isNil) return (left.type === right.type) === (mark === '=')
  const order = (isOrdered ? ordering : equality)(termOf(right))(valueOfConstant(termOf(left)))
  return order !== undefined && holdsFor(mark, order)
}

/** A reference with a constant on its right. */
export function compareWith(
  mark: ComparisonMark,
  reference: Reference,
  constant: Constant,
): Call | Incomparable {
  if (constant.type === 'nil') return compareWithNil(mark, reference)
  const isOrdered = mark !== '=' && mark !== '!='
  if (isOrdered && !isNumber(constant) && constant.type !== 'string') {
    return new Incomparable(`${named(constant)} has no order`)
  }
  const term = constantFor(reference, constant)
  if (term instanceof Incomparable) return term
  // An attribute is never a status or a kind, nor the name of a service a number.
  if (term === undefined) return constantCondition(false)
  if (isOrdered) return call(operatorOf[mark], reference.term, term)
  return mark === '=' ? equal(reference, term) : different(reference, term)
}

/** `=~` and `!~`: the whole of a text, as RE2 reads the expression. */
export function matchExpression(
  isNegated: boolean,
  reference: Reference,
  pattern: string,
): Call | Incomparable {
  const isText = ['attribute', 'text', 'trace id', 'span id'].includes(reference.type)
  if (!isText) return new Incomparable(`${reference.name} is no text`)
  const expression = compiled(pattern)
  if (expression instanceof Incomparable) return expression
  const matches = call('regex', reference.term, { kind: 'string', value: anchored(pattern) })
  const exists = call('exists', reference.term)
  if (reference.isMany || reference.type === 'attribute') {
    return isNegated ? call('and', exists, call('not', matches)) : matches
  }
  const either = expression.test('') ? call('or', matches, call('not', exists)) : matches
  return isNegated ? call('not', either) : either
}

/** The expression of a text that stands on both sides of `=~`. */
export function matchConstant(value: string, pattern: string): boolean | Incomparable {
  const expression = compiled(pattern)
  return expression instanceof Incomparable ? expression : expression.test(value)
}

/** How a constant is called in a message. */
export function named(constant: Constant): string {
  switch (constant.type) {
    case 'int':
    case 'float':
      return 'a number'
    case 'string':
      return 'a text'
    case 'bool':
      return String(constant.value)
    case 'nil':
      return 'nil'
    default:
      return `a ${constant.type}`
  }
}

function compareWithNil(mark: ComparisonMark, reference: Reference): Call | Incomparable {
  const exists = call('exists', reference.term)
  if (mark === '!=') return exists
  if (mark !== '=') return new Incomparable('nil has no order')
  if (reference.term.kind === 'attr') return call('not', exists)
  return new Incomparable(`${reference.name} is never nil`)
}

/** The constant as the reference's values are compared; undefined when none can be equal. */
function constantFor(
  { type, name, term }: Reference,
  constant: Constant,
): ConstantTerm | Incomparable | undefined {
  switch (type) {
    case 'attribute':
      if (constant.type === 'status' || constant.type === 'kind') return undefined
      if (term.kind === 'field' && constant.type !== 'string') return undefined
      return termOf(constant)
    case 'duration':
      if (isNumber(constant)) return { kind: 'durationNano', value: nanoOf(constant) }
      break
    case 'number':
      if (isNumber(constant)) return termOf(constant)
      break
    case 'trace id':
    case 'span id': {
      if (constant.type !== 'string') break
      const value = fullId(constant.value, type === 'trace id' ? 32 : 16)
      return { kind: 'string', value }
    }
    case 'text':
      if (constant.type === 'string') return { kind: 'string', value: constant.value }
      break
    default:
      if (constant.type === type) return { kind: 'string', value: constant.value }
  }
  return new Incomparable(`${name} is compared with ${named(constant)}, must be a ${type}`)
}

/** An attribute that is no duration compares with one as a number of nanoseconds. */
function termOf(constant: Exclude<Constant, { readonly type: 'nil' }> | Constant): ConstantTerm {
  switch (constant.type) {
    case 'int':
    case 'duration':
      return { kind: 'int', value: constant.value }
    case 'float':
      return { kind: 'double', value: constant.value }
    case 'bool':
      return { kind: 'bool', value: constant.value }
    case 'nil':
      return { kind: 'string', value: '' }
    default:
      return { kind: 'string', value: constant.value }
  }
}

/** An empty text of a field is as good as none. */
function equal(reference: Reference, term: ConstantTerm): Call {
  if (isEmptyText(reference, term)) return call('not', call('exists', reference.term))
  return call('eq', reference.term, term)
}

/** Of several values none may be equal; what is not there is not different. */
function different(reference: Reference, term: ConstantTerm): Call {
  if (isEmptyText(reference, term)) return call('exists', reference.term)
  const isEqual = call('eq', reference.term, term)
  if (reference.isMany) return call('and', call('ne', reference.term, term), call('not', isEqual))
  return term.kind === 'string' && reference.type !== 'attribute'
    ? call('not', isEqual)
    : call('ne', reference.term, term)
}

function isEmptyText({ type, isMany }: Reference, term: ConstantTerm): boolean {
  return type !== 'attribute' && !isMany && term.kind === 'string' && term.value === ''
}

/** Ids are compared as lower-case hex of their full length; another text is left, and finds none. */
function fullId(text: string, digits: number): string {
  return /^[0-9a-fA-F]+$/.test(text) ? text.toLowerCase().padStart(digits, '0') : text
}

function nanoOf({ value }: NumberConstant): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(value))
}

/** Source: Grafana Tempo, documentation: all regular expressions are treated as fully anchored. */
function anchored(pattern: string): string {
  return `^(?s:${pattern})$`
}

function compiled(pattern: string): RE2JS | Incomparable {
  try {
    // Alone first: `)(` would be one with the group around it.
    RE2JS.compile(pattern)
    return RE2JS.compile(anchored(pattern))
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return new Incomparable(`this is no regular expression of RE2: ${error.message}`)
  }
}

/** Whether a comparison holds of two values in this order, told as by `orderNumbers`. */
export function holdsFor(mark: ComparisonMark, order: number): boolean {
  switch (mark) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
  }
}
