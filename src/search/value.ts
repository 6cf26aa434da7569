import type { AnyValue } from '../../bridge/model/span.ts'

/**
 * One value that a condition looks at: a scalar attribute (array elements one by one) or a
 * built-in field. Times and durations are kinds of their own and never meet plain numbers.
 */
export type Value =
  | { readonly kind: 'empty' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  /** Whole microseconds, truncated. */
  | { readonly kind: 'durationMicros'; readonly value: number | bigint }
  | { readonly kind: 'timeUnixNano'; readonly value: bigint }

/** Asked about one value after the other; the first true ends the walk. */
export type ValueTest = (value: Value) => boolean

/**
 * Hands the scalars of an attribute's value to `test`: an array's elements each, arrays inside
 * it too; maps have no scalar form and are passed over.
 *
 * @returns true when `test` was true for one of them
 */
export function someScalar(value: AnyValue | undefined, test: ValueTest): boolean {
  if (value === undefined) return test(emptyValue)
  switch (value.kind) {
    case 'array':
      return value.value.some((element) => someScalar(element, test))
    case 'kvlist':
      return false
    default:
      return test(value)
  }
}

/**
 * How two numbers are ordered: negative, 0, positive, or NaN when one is NaN. JavaScript compares
 * a bigint with a double by their mathematical values, so no int64 is rounded on the way.
 */
export function orderNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1
  if (left > right) return 1
  return left >= right ? 0 : Number.NaN
}

/** Text order by UTF-16 code unit, as the names of services are sorted. */
export function orderTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/**
 * How two values of a span are ordered: undefined when their types do not meet, NaN when they are
 * unequal and have no order (booleans, bytes).
 */
export function orderValues(left: Value, right: Value): number | undefined {
  switch (left.kind) {
    case 'int':
    case 'double':
      return right.kind === 'int' || right.kind === 'double'
        ? orderNumbers(left.value, right.value)
        : undefined
    case 'string':
      return right.kind === 'string' ? orderTexts(left.value, right.value) : undefined
    case 'bool':
      return right.kind === 'bool' ? equalOnly(left.value === right.value) : undefined
    case 'bytes':
      return right.kind === 'bytes' ? equalOnly(sameBytes(left.value, right.value)) : undefined
    case 'durationMicros':
      return right.kind === 'durationMicros' ? orderNumbers(left.value, right.value) : undefined
    case 'timeUnixNano':
      return right.kind === 'timeUnixNano' ? orderNumbers(left.value, right.value) : undefined
    case 'empty':
      return right.kind === 'empty' ? 0 : undefined
  }
}

/** The order of values that can only be equal or not. */
export function equalOnly(equal: boolean): number {
  return equal ? 0 : Number.NaN
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

const emptyValue: Value = { kind: 'empty' }
