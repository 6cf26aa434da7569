/** Of 16 bits the upper 6 are the exponent, from 2^-32 on; the lower 10 are what follows the leading bit. */
const mantissaBits = 10
const smallestExponent = -32
/** Of a float of 32 bits. Source: IEEE 754-2019, binary32. */
const floatMantissaBits = 23
const floatBias = 127

const droppedBits = floatMantissaBits - mantissaBits
const half = 2 ** (droppedBits - 1)
const offset = (floatBias + smallestExponent) << mantissaBits
const shortMax = 2 ** 16 - 1

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/**
 * An amount in 16 bits, for what is kept a million times: the nearest of those that have so few, which is off by at most a
 * 2,048th. 0 stays 0, as does what is below 2^-32; all from 2^32 on are the largest.
 *
 * @param amount 0 or more
 */
export function shortOf(amount: number): number {
  float[0] = amount
  return bounded((((bits[0] as number) + half) >>> droppedBits) - offset)
}

/** The same of the nearest that is not above the amount; off by at most a 1,024th. */
export function shortBelow(amount: number): number {
  float[0] = amount
  return bounded(((bits[0] as number) >>> droppedBits) - offset)
}

/** The amount of `shortOf`. */
export function amountOf(short: number): number {
  if (short === 0) return 0
  bits[0] = (short + offset) << droppedBits
  return float[0] as number
}

function bounded(short: number): number {
  return Math.max(0, Math.min(short, shortMax))
}
