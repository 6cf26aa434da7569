import { badField, quoted } from '../bad-field.ts'
import { durationOf, timeOf } from '../duration-and-time.ts'

/** A parameter with its name, for messages. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/**
 * Whole numbers in decimal digits.
 *
 * @throws GatewayError 'invalid_argument' for other text and numbers outside of the range
 */
export function readInteger(
  { name, text }: NamedText,
  range: { readonly min: number; readonly max: number },
): number {
  const number = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (number >= range.min && number <= range.max) return number
  throw badField(
    name,
    `is ${quoted(text)}, must be a whole number from ${range.min} to ${range.max}`,
  )
}

/** As Go's `strconv.ParseBool` reads them. @throws GatewayError 'invalid_argument' */
export function readBoolean({ name, text }: NamedText): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  throw badField(name, `is ${quoted(text)}, must be true or false`)
}

/**
 * A duration as Go writes it, in nanoseconds: `1.2s`, `100ms`, `1h30m`, `500us`, `500µs`; undefined for 0.
 *
 * Source: Go, time.ParseDuration.
 *
 * @throws GatewayError 'invalid_argument' for other text, and for negative ones
 */
export function readDuration({ name, text }: NamedText): bigint | undefined {
  const nano = durationOf(text)
  if (nano === undefined) {
    throw badField(name, `is ${quoted(text)}, must be a duration such as 100ms, 1.2s or 1m30s`)
  }
  return nano === 0n ? undefined : nano
}

/**
 * A time in RFC 3339, up to nanoseconds, as nanoseconds since the epoch. The `+` of an offset may be the
 * space that it becomes where nobody has encoded it, as in Grafana's data source.
 *
 * @throws GatewayError 'invalid_argument' for other text
 */
export function readTime({ name, text }: NamedText): bigint {
  const nano = timeOf(text.replace(/ (?=\d\d:\d\d$)/, '+'))
  if (nano !== undefined) return nano
  throw badField(name, `is ${quoted(text)}, must be a time such as 2026-01-31T12:00:00.5Z`)
}
