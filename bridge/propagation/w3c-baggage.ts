import { createBaggageSize } from './baggage-size.ts'
import type { Extracted, Format, Injected } from './format.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import { decodePercent, encodePercent } from './percent.ts'
import type { BaggageEntry } from './propagated.ts'
import { trimOws } from './traceparent.ts'

const header = 'baggage'
/** RFC 7230, token. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** OpenTelemetry for JavaScript writes parentheses in a key, which are no part of a token. */
const readableKey = /^[!#$%&'()*+\-.^_`|~0-9A-Za-z]+$/
/** Printable ASCII without space, quote, comma, semicolon and backslash. */
const valueShape = /^[!#-+\--:<-[\]-~]*$/
/** Properties are kept as they are written: the same, with what separates them. */
const metadataShape = /^[\t !#-+\--[\]-~]*$/

/**
 * W3C Baggage.
 *
 *     baggage = member *("," member)    member = key "=" value *(";" property)
 *
 * Values are percent-encoded UTF-8. Keys are tokens; one that is none is percent-encoded as
 * OpenTelemetry's SDKs do, and decoded again. A member against the rules is left out alone. All
 * headers of that name are one list, and equal keys are kept in their order.
 *
 * Source: W3C Baggage, HTTP header format; OpenTelemetry specification, baggage/api.md.
 */
export const w3cBaggage: Format = {
  fields: [header],
  extract(carrier, limits = defaultPropagationLimits): Extracted {
    const losses = createLossList()
    const size = createBaggageSize(limits)
    const baggage: BaggageEntry[] = []
    for (const value of carrier.values(header, losses)) {
      for (const text of value.split(',')) {
        const written = trimOws(text)
        if (written === '') continue
        const entry = parseMember(written, losses)
        const reason = entry === undefined ? 'malformed' : size.take(written.length)
        if (reason !== undefined) losses.add(header, reason)
        else if (entry !== undefined) baggage.push(entry)
      }
    }
    return { propagated: { sampling: 'deferred', baggage }, losses: losses.list() }
  },
  inject(propagated, limits = defaultPropagationLimits): Injected {
    const losses = createLossList()
    const size = createBaggageSize(limits)
    addNotCarried(propagated, ['baggage', 'metadata'], losses)
    const members: string[] = []
    for (const entry of propagated.baggage) {
      const member = formatMember(entry, losses)
      const reason = member === undefined ? 'unwritable' : size.take(member.length)
      if (reason !== undefined) losses.add(header, reason)
      else if (member !== undefined) members.push(member)
    }
    const fields = members.length > 0 ? [[header, members.join(',')] as const] : []
    return { fields, losses: losses.list() }
  },
}

function parseMember(text: string, losses: LossList): BaggageEntry | undefined {
  const semicolon = text.indexOf(';')
  const pair = semicolon < 0 ? text : text.slice(0, semicolon)
  const equals = pair.indexOf('=')
  if (equals < 0) return undefined
  const [key, value] = [trimOws(pair.slice(0, equals)), trimOws(pair.slice(equals + 1))]
  if (!readableKey.test(key) || !valueShape.test(value)) return undefined
  const decoded = [decodePercent(key), decodePercent(value)] as const
  if (decoded.some(({ isReplaced }) => isReplaced)) losses.add(header, 'not_utf8')
  const entry = { key: decoded[0].text, value: decoded[1].text }
  const metadata = semicolon < 0 ? '' : trimOws(text.slice(semicolon + 1))
  if (metadata === '') return entry
  if (metadataShape.test(metadata)) return { ...entry, metadata }
  losses.add(header, 'malformed')
  return entry
}

/** Undefined for an entry that no header can say: it has no key. */
function formatMember(entry: BaggageEntry, losses: LossList): string | undefined {
  if (entry.key === '') return undefined
  // A token with a percent sign would be decoded by whoever reads it.
  const isPlain = token.test(entry.key) && !entry.key.includes('%')
  const key = isPlain ? { text: entry.key, isReplaced: false } : encodePercent(entry.key)
  const value = encodePercent(entry.value)
  if (key.isReplaced || value.isReplaced) losses.add(header, 'not_utf8')
  const written = `${keyText(key.text)}=${value.text}`
  const { metadata = '' } = entry
  if (metadata === '') return written
  if (metadataShape.test(metadata)) return `${written};${metadata}`
  losses.add(header, 'unwritable')
  return written
}

/** Parentheses are left as they are by the encoding of values, but are no part of a token. */
function keyText(encoded: string): string {
  return encoded.replaceAll('(', '%28').replaceAll(')', '%29')
}
