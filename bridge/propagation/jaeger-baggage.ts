import { createBaggageSize } from './baggage-size.ts'
import type { Carrier } from './carrier.ts'
import type { Field } from './format.ts'
import type { PropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'
import { decodePercent, encodePercent } from './percent.ts'
import type { BaggageEntry } from './propagated.ts'
import { trimOws } from './traceparent.ts'

/**
 * How the values of `uberctx-` headers are written.
 *
 * - `url`: percent-encoded, as over HTTP and by OpenTelemetry's SDKs everywhere. Clients in Go and
 *   Java write a space as `+`, and others write a plus as %2B, so `+` is read as a space.
 * - `plain`: as they are, as by OpenTracing's text maps, which Kafka clients use.
 */
export type BaggageEncoding = 'url' | 'plain'

/** The header for entries that people write by hand. */
export const manualBaggageHeader = 'jaeger-baggage'
const prefix = 'uberctx-'
/** What may be in the name of a header. */
const nameShape = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** What may be in the value of a header that is not encoded. */
const plainShape = /^[\t\x20-\x7e]*$/

/**
 * Reads `jaeger-baggage: k1=v1, k2=v2` and then the `uberctx-<key>` headers, whose keys keep their
 * case as far as the carrier does. What is repeated under one name counts once, the first.
 *
 * Source: jaeger documentation, client-libraries, Baggage; jaeger-client-node, which of them wins.
 */
export function readJaegerBaggage(
  carrier: Carrier,
  encoding: BaggageEncoding,
  limits: PropagationLimits,
  losses: LossList,
): readonly BaggageEntry[] {
  const size = createBaggageSize(limits)
  const entries: BaggageEntry[] = []
  const take = (field: string, key: string, written: string, value: string) => {
    const reason = key === '' ? 'malformed' : size.take(key.length + 1 + written.length)
    if (reason === undefined) entries.push({ key, value })
    else losses.add(field, reason)
  }
  for (const header of carrier.values(manualBaggageHeader, losses)) {
    for (const member of decoded(header, encoding, manualBaggageHeader, losses).split(',')) {
      const [key = '', value, ...rest] = trimOws(member).split('=')
      if (value === undefined || rest.length > 0) losses.add(manualBaggageHeader, 'malformed')
      else take(manualBaggageHeader, trimOws(key), value, trimOws(value))
    }
  }
  for (const name of carrier.namesWith(prefix, losses)) {
    const [written, ...others] = carrier.values(name.toLowerCase(), losses)
    if (written === undefined) continue
    if (others.length > 0) losses.add(prefix, 'duplicate', others.length)
    take(prefix, name.slice(prefix.length), written, decoded(written, encoding, prefix, losses))
  }
  return entries
}

/** One header for each key; the last of equal keys counts. */
export function writeJaegerBaggage(
  baggage: readonly BaggageEntry[],
  encoding: BaggageEncoding,
  limits: PropagationLimits,
  losses: LossList,
): readonly Field[] {
  const size = createBaggageSize(limits)
  const fields = new Map<string, string>()
  for (const [key, entry] of latest(baggage, losses)) {
    const value = written(entry.value, encoding, losses)
    const isWritable = nameShape.test(entry.key) && value !== undefined
    const reason = isWritable ? size.take(key.length + 1 + value.length) : 'unwritable'
    if (reason !== undefined) losses.add(prefix, reason)
    else if (value !== undefined) fields.set(`${prefix}${entry.key}`, value)
  }
  return [...fields]
}

/** The case of header names does not count, so neither does that of keys. */
function latest(baggage: readonly BaggageEntry[], losses: LossList): Map<string, BaggageEntry> {
  const entries = new Map<string, BaggageEntry>()
  for (const entry of baggage) {
    const key = entry.key.toLowerCase()
    if (entries.has(key)) losses.add(prefix, 'duplicate')
    entries.set(key, entry)
  }
  return entries
}

function decoded(text: string, encoding: BaggageEncoding, field: string, losses: LossList): string {
  if (encoding === 'plain') return text
  const value = decodePercent(field === prefix ? text.replaceAll('+', ' ') : text)
  if (value.isReplaced) losses.add(field, 'not_utf8')
  return value.text
}

function written(value: string, encoding: BaggageEncoding, losses: LossList): string | undefined {
  if (encoding === 'plain') return plainShape.test(value) ? value : undefined
  const { text, isReplaced } = encodePercent(value)
  if (isReplaced) losses.add(prefix, 'not_utf8')
  return text
}
