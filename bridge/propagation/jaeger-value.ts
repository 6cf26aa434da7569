import type { LossList } from './loss.ts'
import { decodePercent, encodePercent } from './percent.ts'

/**
 * How the values of `uberctx-` headers are written.
 *
 * - `url`: percent-encoded, as over HTTP and by OpenTelemetry's SDKs everywhere. Clients in Go and
 *   Java write a space as `+`, and others write a plus as %2B, so `+` is read as a space.
 * - `plain`: as they are, as by OpenTracing's text maps, which Kafka clients use.
 */
export type BaggageEncoding = 'url' | 'plain'

/** How one value is written, and where. */
export interface JaegerValueOptions {
  readonly encoding: BaggageEncoding
  /** The header, for losses. */
  readonly field: string
  /** Whether a `+` that is written by a program is a space; people mean a plus. */
  readonly isPlusSpace?: boolean
}

/** What may be in the value of a header that is not encoded. */
const plainShape = /^[\t\x20-\x7e]*$/

/** The value of a header. */
export function readJaegerValue(
  text: string,
  { encoding, field, isPlusSpace = false }: JaegerValueOptions,
  losses: LossList,
): string {
  if (encoding === 'plain') return text
  const value = decodePercent(isPlusSpace ? text.replaceAll('+', ' ') : text)
  if (value.isReplaced) losses.add(field, 'not_utf8')
  return value.text
}

/** As a header says it; undefined when it cannot, which is not told. */
export function writeJaegerValue(
  value: string,
  { encoding, field }: JaegerValueOptions,
  losses: LossList,
): string | undefined {
  if (encoding === 'plain') return plainShape.test(value) ? value : undefined
  const { text, isReplaced } = encodePercent(value)
  if (isReplaced) losses.add(field, 'not_utf8')
  return text
}
