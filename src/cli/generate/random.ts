/** Random numbers that a seed repeats. */
export interface Random {
  /** At least 0, below 1. */
  next(): number
  /** `length` random bytes, not all zero. */
  bytes(length: number): Uint8Array
}

/**
 * A small generator for sample data; not for secrets.
 *
 * Source: Mulberry32 by Tommy Ettinger (public domain).
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const bytes = (length: number): Uint8Array => {
    const made = new Uint8Array(length)
    for (let index = 0; index < length; index++) made[index] = uint32() & 0xff
    if (made.every((byte) => byte === 0)) made[length - 1] = 1
    return made
  }
  return { next: () => uint32() / 2 ** 32, bytes }
}
