/** The longest wait of a timer of Node, some 25 days; of a longer one it makes 1 ms. */
const timerMsMax = 2 ** 31 - 1

/**
 * The defaults with what differs; what is undefined does not. Names that end in `Ms` are times.
 *
 * @param what they are of, for people
 * @throws RangeError that names the limit which is no positive number, or the time which no timer can wait
 */
export function checkedLimits<Limits extends { readonly [Name in keyof Limits]: number }>(
  what: string,
  defaults: Limits,
  given: Partial<Limits> = {},
): Limits {
  const differing = Object.entries(given).filter(([, value]) => value !== undefined)
  const all: Limits = { ...defaults, ...Object.fromEntries(differing) }
  for (const [name, value] of Object.entries<unknown>(all)) {
    if (!(typeof value === 'number' && value > 0)) {
      throw new RangeError(`Cannot make ${what}: ${name} is ${String(value)}, must be above 0`)
    }
    if (name.endsWith('Ms') && value > timerMsMax) {
      throw new RangeError(
        `Cannot make ${what}: ${name} is ${value}, must be at most ${timerMsMax}`,
      )
    }
  }
  return all
}
