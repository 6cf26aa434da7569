/**
 * A duration in nanoseconds; undefined for other text.
 *
 * Numbers with units, `1h30m` or `1.5ms`: whole ones in falling order of y, w, d, h, m, s, ms, or
 * also fractions in any order of h, m, s, ms, us, µs, ns.
 *
 * Source: Prometheus, documentation of float literals and time durations; Go, package time, ParseDuration.
 */
export function nanoOfDuration(text: string): bigint | undefined {
  if (!wholeUnits.test(text) && !fractionUnits.test(text)) return undefined
  let nano = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(parts)) {
    const unitNano = unitNanos[unit]
    if (unitNano === undefined) return undefined
    nano += BigInt(whole || '0') * unitNano
    // More digits than a nanosecond of a year has say nothing.
    const digits = fraction.slice(0, fractionDigitsMax)
    nano += (BigInt(digits || '0') * unitNano) / 10n ** BigInt(digits.length)
  }
  return nano <= nanoMax ? nano : undefined
}

const wholeUnits =
  /^(?=[0-9])(?:[0-9]+y)?(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?(?:[0-9]+ms)?$/
// No text is read in two ways: the time of a refusal would double with each of its terms.
const fractionUnits = /^(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+$/
const parts = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|ms|[ywdhms])/g
const fractionDigitsMax = 20
/** Durations are 64-bit integers of nanoseconds, about 292 years. */
const nanoMax = 2n ** 63n - 1n

const second = 1_000_000_000n
const unitNanos: Readonly<Record<string, bigint>> = {
  y: 365n * 86_400n * second,
  w: 7n * 86_400n * second,
  d: 86_400n * second,
  h: 3_600n * second,
  m: 60n * second,
  s: second,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  ns: 1n,
}
