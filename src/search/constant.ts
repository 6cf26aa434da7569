import type { ConstantTerm } from '../ports/span-query.ts'
import { textForm } from './text-form.ts'
import type { Value } from './value.ts'
import { equalOnly, orderNumbers, orderTexts, orderValues } from './value.ts'

/**
 * Compares a value with a constant: negative, 0 or positive; NaN when it is unequal without an
 * order; undefined when a value of this type is never compared with this constant.
 */
export type Comparison = (value: Value) => number | undefined

/**
 * Comparison of `eq`, `ne`, `in` and `not_in`. A constant without type is compared with the text
 * form of any value; a typed one sees values of its type only.
 */
export function equality(constant: ConstantTerm): Comparison {
  if (constant.kind !== 'any') return typed(constant)
  return (value) => {
    const text = textForm(value)
    return text === undefined ? undefined : equalOnly(text === constant.value)
  }
}

/**
 * Comparison of the ordered operators. A constant without type orders against numbers as a number,
 * if it is one, and against texts as text; nothing else has an order with it.
 */
export function ordering(constant: ConstantTerm): Comparison {
  if (constant.kind !== 'any') return typed(constant)
  const number = numberOfText(constant.value)
  return (value) => {
    switch (value.kind) {
      case 'string':
        return orderTexts(value.value, constant.value)
      case 'int':
      case 'double':
        return number === undefined ? undefined : orderNumbers(value.value, number)
      default:
        return undefined
    }
  }
}

/**
 * Comparison with a list: 0 when the value equals one of its constants, NaN when it equals none,
 * undefined when it can be compared with none.
 */
export function membership(constants: readonly ConstantTerm[]): Comparison {
  const texts = new Set<string>()
  const untyped = new Set<string>()
  const others: Comparison[] = []
  for (const constant of constants) {
    if (constant.kind === 'string') texts.add(constant.value)
    else if (constant.kind === 'any') untyped.add(constant.value)
    else others.push(typed(constant))
  }
  return (value) => {
    let comparable = value.kind === 'string' && texts.size > 0
    if (value.kind === 'string' && texts.has(value.value)) return 0
    if (untyped.size > 0) {
      const text = textForm(value)
      if (text !== undefined && untyped.has(text)) return 0
      comparable ||= text !== undefined
    }
    for (const compare of others) {
      const order = compare(value)
      if (order === 0) return 0
      comparable ||= order !== undefined
    }
    return comparable ? Number.NaN : undefined
  }
}

/** A constant as a value of its own type; without type it is text. */
export function valueOfConstant(constant: ConstantTerm): Value {
  switch (constant.kind) {
    case 'any':
      return { kind: 'string', value: constant.value }
    case 'durationNano':
      return { kind: 'durationMicros', value: constant.value / 1000n }
    default:
      return constant
  }
}

/** A decimal number, an integer exactly unless it is beyond all doubles; undefined for other text. */
export function numberOfText(text: string): number | bigint | undefined {
  if (text.length <= exactLengthMax && /^[+-]?[0-9]+$/.test(text)) {
    return BigInt(text.startsWith('+') ? text.slice(1) : text)
  }
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return undefined
  return Number(text)
}

/** Digits of the largest double, and some: the time for exact integers grows with the square of theirs. */
const exactLengthMax = 400

function typed(constant: ConstantTerm): Comparison {
  const other = valueOfConstant(constant)
  return (value) => orderValues(value, other)
}
