/** A number as numerator over a power of two, exactly; undefined stands for NaN. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

/** Negative, 0 or positive; undefined when one is NaN. */
export function orderOfFractions(
  left: Fraction | undefined,
  right: Fraction | undefined,
): number | undefined {
  if (left === undefined || right === undefined) return undefined
  const [one, other] = [left.over * right.under, right.over * left.under]
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Exactly the number; undefined for NaN. */
export function fractionOf(number: bigint | number): Fraction | undefined {
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
