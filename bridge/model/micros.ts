/** Nanoseconds to whole microseconds, truncated, at the nearest safe integer where they are none. */
export function microsOfNano(nano: bigint): number {
  const micros = nano / 1000n
  if (micros > maxMicrosBig) return Number.MAX_SAFE_INTEGER
  return micros < -maxMicrosBig ? Number.MIN_SAFE_INTEGER : Number(micros)
}

/**
 * The same for an unsigned 64-bit number given as two 32-bit halves, without a bigint.
 *
 * 2^32 = 4,294,967 * 1000 + 296, so n / 1000 = high * 4,294,967 + (high * 296 + low) / 1000.
 */
export function microsOfHalves(high: number, low: number): number {
  const micros = high * 4_294_967 + Math.floor((high * 296 + low) / 1000)
  return Math.min(micros, Number.MAX_SAFE_INTEGER)
}

/** Nanoseconds beyond whole microseconds, of a number in two halves; 2^32 is 296 modulo 1,000. */
export function nanoRemainderOfHalves(high: number, low: number): number {
  return (high * 296 + low) % 1000
}

const maxMicrosBig = BigInt(Number.MAX_SAFE_INTEGER)
