import type { Constant } from './syntax.ts'

/** A number that is written in a text. */
export type NumberConstant = Extract<Constant, { readonly type: 'int' | 'float' | 'duration' }>

/** True for whole numbers, fractions and durations. */
export function isNumber(constant: Constant): constant is NumberConstant {
  return ['int', 'float', 'duration'].includes(constant.type)
}

/**
 * The result of a sum, product or power of two constants: whole numbers stay whole and a division
 * truncates, a fraction makes a fraction, a duration a duration. Undefined when there is none: a
 * division by zero, or more than 64 bits.
 */
export function foldNumbers(
  op: '+' | '-' | '*' | '/' | '%' | '^',
  left: NumberConstant,
  right: NumberConstant,
): NumberConstant | undefined {
  const { at } = left
  const isDuration = left.type === 'duration' || right.type === 'duration'
  const type = isDuration ? 'duration' : 'int'
  if (left.type === 'float' || right.type === 'float' || op === '^') {
    const value = fractionOf(op, Number(left.value), Number(right.value))
    if (!Number.isFinite(value)) return undefined
    const isWhole = left.type !== 'float' && right.type !== 'float' && Number.isSafeInteger(value)
    if (!isDuration && !isWhole) return { kind: 'constant', type: 'float', value, at }
    return whole(type, BigInt(Math.trunc(value)), at)
  }
  if ((op === '/' || op === '%') && right.value === 0n) return undefined
  return whole(type, wholeOf(op, left.value, right.value), at)
}

function whole(type: 'int' | 'duration', value: bigint, at: number): NumberConstant | undefined {
  if (BigInt.asIntN(64, value) !== value) return undefined
  return { kind: 'constant', type, value, at }
}

function wholeOf(op: '+' | '-' | '*' | '/' | '%', left: bigint, right: bigint): bigint {
  switch (op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
  }
}

function fractionOf(op: '+' | '-' | '*' | '/' | '%' | '^', left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '^':
      return left ** right
  }
}
