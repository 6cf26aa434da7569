const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const unitPattern = '(?:ns|us|µs|μs|ms|s|m|h)'
const termPattern = `\\d{0,19}(?:\\.\\d{0,19})?${unitPattern}`
const durationPattern = new RegExp(`^\\+?(?:${termPattern}){1,10}$`)

/** The longest duration in Go, some 292 years. */
const durationNanoMax = 2n ** 63n - 1n

/**
 * A duration as Go writes it, in nanoseconds: `1.2s`, `100ms`, `1h30m`, `500us`, `500µs`; undefined for
 * other text, and for negative ones.
 *
 * Source: Go, time.ParseDuration.
 */
export function durationOf(text: string): bigint | undefined {
  if (/^\+?0$/.test(text)) return 0n
  if (text.length > durationTextMax || !durationPattern.test(text)) return undefined
  let nano = 0n
  for (const [, whole = '', fraction, unit = ''] of text.matchAll(terms)) {
    if (whole === '' && (fraction ?? '') === '') return undefined
    const size = units.get(unit) ?? 0n
    nano += BigInt(whole || '0') * size
    if (fraction) nano += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
  }
  return nano > durationNanoMax ? undefined : nano
}

const terms = new RegExp(`(\\d*)(?:\\.(\\d*))?(${unitPattern})`, 'g')
const durationTextMax = 100

/** A time in RFC 3339, up to nanoseconds, as nanoseconds since the epoch; undefined for other text. */
export function timeOf(text: string): bigint | undefined {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const [, day = '', clock = '', fraction = '', zone = ''] = match
  const second = Date.parse(`${day}T${clock}${zone.toUpperCase()}`)
  // Date takes the 30th of February for the 1st or 2nd of March.
  if (Number.isNaN(second) || !isDay(day)) return undefined
  return BigInt(second) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

const timePattern = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:\d\d)$/

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
