/** Nanoseconds for people, three digits that matter: `1.52ms`. */
export function durationText(nano: bigint): string {
  const value = Number(nano)
  if (Math.abs(value) < 1e3) return `${value}ns`
  if (Math.abs(value) < 1e6) return `${Number((value / 1e3).toPrecision(3))}µs`
  if (Math.abs(value) < 1e9) return `${Number((value / 1e6).toPrecision(3))}ms`
  return `${Number((value / 1e9).toPrecision(4))}s`
}
