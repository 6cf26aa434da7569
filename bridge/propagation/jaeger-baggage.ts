import { createBaggageSize } from './baggage-size.ts'
import type { Carrier } from './carrier.ts'
import type { Field } from './format.ts'
import type { BaggageEncoding } from './jaeger-value.ts'
import { readJaegerValue, writeJaegerValue } from './jaeger-value.ts'
import type { PropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'
import type { BaggageEntry } from './propagated.ts'
import { trimOws } from './traceparent.ts'

/** The header for entries that people write by hand. */
export const manualBaggageHeader = 'jaeger-baggage'
const prefix = 'uberctx-'
/** What may be in the name of a header. */
const nameShape = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

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
    for (const member of readJaegerValue(
      header,
      { encoding, field: manualBaggageHeader },
      losses,
    ).split(',')) {
      const [key = '', value, ...rest] = trimOws(member).split('=')
      if (value === undefined || rest.length > 0) losses.add(manualBaggageHeader, 'malformed')
      else take(manualBaggageHeader, trimOws(key), value, trimOws(value))
    }
  }
  for (const name of carrier.namesWith(prefix, losses)) {
    const [written, ...others] = carrier.values(name.toLowerCase(), losses)
    if (written === undefined) continue
    if (others.length > 0) losses.add(prefix, 'duplicate', others.length)
    const key = name.slice(prefix.length)
    const options = { encoding, field: prefix, isPlusSpace: true }
    take(prefix, key, written, readJaegerValue(written, options, losses))
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
    const value = writeJaegerValue(entry.value, { encoding, field: prefix }, losses)
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
