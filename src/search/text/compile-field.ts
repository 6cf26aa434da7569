import type { Call } from '../../ports/span-query.ts'
import type { ComparisonMark } from './compare.ts'
import {
  compareConstants,
  compareWith,
  Incomparable,
  matchConstant,
  matchExpression,
  named,
  operatorOf,
} from './compare.ts'
import { call, constantCondition, joined } from './conditions.ts'
import { foldNumbers, isNumber } from './fold-numbers.ts'
import type { Constant, FieldExpression, FieldOperator, Reference } from './syntax.ts'
import { textError } from './text-error.ts'

/**
 * The expression in braces as a filter tree (src/ports/span-query.ts), its fields of the whole trace
 * still in it (trace-fields.ts).
 *
 * @throws GatewayError 'invalid_argument' with the line and column of sides that do not fit, or of
 *   what is not supported
 */
export function compileField(text: string, expression: FieldExpression): Call {
  return asCondition(text, evaluate(text, expression))
}

/** The number that an expression of constants makes; nanoseconds of a duration. */
export function compileNumber(text: string, expression: FieldExpression): number | bigint {
  const operand = evaluate(text, expression)
  if (operand.kind === 'constant' && isNumber(operand)) return operand.value
  throw textError(text, operand.at, 'a count is compared here, expected a number')
}

type Operand = Constant | Reference | { readonly kind: 'condition'; call: Call; at: number }

/** Chains group from the left and may be long, so they are not gone down one call after the other. */
function evaluate(text: string, expression: FieldExpression): Operand {
  const chain: Extract<FieldExpression, { kind: 'binary' }>[] = []
  let first = expression
  for (; first.kind === 'binary'; first = first.left) chain.push(first)
  let left = first.kind === 'unary' ? evaluateUnary(text, first) : first
  for (const { op, right, at } of chain.reverse()) {
    left = evaluateBinary({ text, op, at }, left, evaluate(text, right))
  }
  return left
}

function evaluateUnary(
  text: string,
  { op, inner, at }: Extract<FieldExpression, { kind: 'unary' }>,
): Operand {
  const operand = evaluate(text, inner)
  if (op === '!') {
    // An attribute that is not there is neither true nor false.
    if (operand.kind === 'reference' && operand.type === 'attribute') {
      return { kind: 'condition', call: isBoolean(operand, false), at }
    }
    return { kind: 'condition', call: call('not', asCondition(text, operand)), at }
  }
  if (operand.kind === 'constant' && isNumber(operand)) {
    const zero = { kind: 'constant', type: 'int', value: 0n, at } as const
    const negative = foldNumbers('-', zero, operand)
    if (negative !== undefined) return negative
  }
  if (operand.kind === 'reference' && isArithmetic(operand)) {
    throw textError(text, at, `arithmetic on ${operand.name} is not supported`)
  }
  throw textError(text, at, `the sign needs a number, this is ${nameOf(operand)}`)
}

interface Place {
  readonly text: string
  readonly op: FieldOperator
  readonly at: number
}

function evaluateBinary(place: Place, left: Operand, right: Operand): Operand {
  const { text, op, at } = place
  switch (op) {
    case '&&':
    case '||': {
      const operator = op === '&&' ? 'and' : 'or'
      const both = joined(operator, asCondition(text, left), asCondition(text, right))
      return { kind: 'condition', call: both, at }
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return calculate(place, op, left, right)
    case '=~':
    case '!~':
      return condition(place, matching(place, left, right))
    default:
      return condition(place, comparing(op, left, right))
  }
}

function calculate(
  { text, at }: Place,
  op: '+' | '-' | '*' | '/' | '%' | '^',
  left: Operand,
  right: Operand,
): Constant {
  for (const side of [left, right]) {
    if (side.kind === 'constant' && isNumber(side)) continue
    if (side.kind === 'reference' && isArithmetic(side)) {
      throw textError(text, at, `arithmetic on ${side.name} is not supported`)
    }
    throw textError(text, at, `"${op}" needs numbers, this is ${nameOf(side)}`)
  }
  const isPair = left.kind === 'constant' && right.kind === 'constant'
  const folded =
    isPair && isNumber(left) && isNumber(right) ? foldNumbers(op, left, right) : undefined
  if (folded === undefined) throw textError(text, at, `"${op}" has no result in 64 bits here`)
  return folded
}

function matching({ op }: Place, left: Operand, right: Operand): Call | boolean | Incomparable {
  if (right.kind !== 'constant' || right.type !== 'string') {
    return new Incomparable(`"${op}" needs a regular expression in quotes on its right`)
  }
  const isNegated = op === '!~'
  if (left.kind === 'reference') return matchExpression(isNegated, left, right.value)
  if (left.kind === 'condition' || left.type !== 'string') {
    return new Incomparable(`"${op}" needs a text, this is ${nameOf(left)}`)
  }
  const matches = matchConstant(left.value, right.value)
  return typeof matches === 'boolean' ? matches !== isNegated : matches
}

function comparing(
  mark: ComparisonMark,
  left: Operand,
  right: Operand,
): Call | boolean | Incomparable {
  if (left.kind === 'condition' || right.kind === 'condition') {
    return comparingCondition(mark, left, right)
  }
  if (left.kind === 'constant') {
    if (right.kind === 'constant') return compareConstants(mark, left, right)
    return compareWith(mirrored[mark], right, left)
  }
  if (right.kind === 'constant') return compareWith(mark, left, right)
  return comparingReferences(mark, left, right)
}

/** `(.a = 1) = true` */
function comparingCondition(
  mark: ComparisonMark,
  left: Operand,
  right: Operand,
): Call | Incomparable {
  const [inner, other] = left.kind === 'condition' ? [left, right] : [right, left]
  if (inner.kind !== 'condition' || other.kind !== 'constant' || other.type !== 'bool') {
    return new Incomparable(
      'comparing a condition with anything but true and false is not supported',
    )
  }
  if (mark !== '=' && mark !== '!=') return new Incomparable(`a condition has no order`)
  return other.value === (mark === '=') ? inner.call : call('not', inner.call)
}

function comparingReferences(
  mark: ComparisonMark,
  left: Reference,
  right: Reference,
): Call | Incomparable {
  const types = [left.type, right.type]
  const isOrdered = mark !== '=' && mark !== '!='
  if (isOrdered && (types.includes('status') || types.includes('kind'))) {
    return new Incomparable(`${left.name} and ${right.name} have no order`)
  }
  const texts = ['text', 'trace id', 'span id']
  const isMixed = left.type !== right.type && types.includes('duration')
  if (isMixed && types.every((type) => ['attribute', 'number', 'duration'].includes(type))) {
    return new Incomparable('comparing a duration of the span with a number is not supported')
  }
  const fits =
    left.type === right.type ||
    types.includes('attribute') ||
    types.every((type) => texts.includes(type))
  if (!fits) {
    return new Incomparable(`${left.name}, a ${left.type}, is compared with a ${right.type}`)
  }
  return call(operatorOf[mark], left.term, right.term)
}

const mirrored: Readonly<Record<ComparisonMark, ComparisonMark>> = {
  '=': '=',
  '!=': '!=',
  '>': '<',
  '<': '>',
  '>=': '<=',
  '<=': '>=',
}

function condition({ text, at }: Place, made: Call | boolean | Incomparable): Operand {
  if (made instanceof Incomparable) throw textError(text, at, made.state)
  if (typeof made === 'boolean') return { kind: 'constant', type: 'bool', value: made, at }
  return { kind: 'condition', call: made, at }
}

function asCondition(text: string, operand: Operand): Call {
  if (operand.kind === 'condition') return operand.call
  if (operand.kind === 'constant' && operand.type === 'bool') {
    return constantCondition(operand.value)
  }
  if (operand.kind === 'reference' && operand.type === 'attribute') return isBoolean(operand, true)
  throw textError(text, operand.at, `a condition is needed here, this is ${nameOf(operand)}`)
}

function isBoolean(reference: Reference, value: boolean): Call {
  const made = compareWith('=', reference, { kind: 'constant', type: 'bool', value, at: 0 })
  return made instanceof Incomparable ? constantCondition(false) : made
}

function isArithmetic({ type }: Reference): boolean {
  return type === 'attribute' || type === 'duration' || type === 'number'
}

function nameOf(operand: Operand): string {
  if (operand.kind === 'condition') return 'a condition'
  return operand.kind === 'constant' ? named(operand) : operand.name
}
