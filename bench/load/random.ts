/** A fast random generator that a seed repeats; for sample data, not for secrets. */
export interface BenchRandom {
  /** 32 random bits, unsigned. */
  uint32(): number
  /** At least 0, below 1. */
  next(): number
  /** A whole number of at least 0, below `bound`. */
  below(bound: number): number
  /** Normally distributed, mean 0 and deviation 1. */
  normal(): number
}

/** Source: xorshift128 by George Marsaglia (2003). */
export function createBenchRandom(seed: number): BenchRandom {
  let x = seed >>> 0 || 1
  let y = 0x9e37_79b9
  let z = 0x7f4a_7c15
  let w = 0x85eb_ca6b
  const uint32 = (): number => {
    const t = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0
    return w
  }
  for (let round = 0; round < 20; round++) uint32()
  const next = (): number => uint32() / 2 ** 32
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return { uint32, next, below: (bound) => Math.floor(next() * bound), normal }
}
