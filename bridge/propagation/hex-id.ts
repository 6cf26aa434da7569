/** An id of hex digits, or why it is none. */
export type HexId = { readonly id: string } | { readonly reason: 'malformed' | 'zero_id' }

/**
 * An id as clients of Jaeger and Zipkin write it: 1 to 32 digits for a trace, 1 to 16 for a span, of
 * either case. Some clients leave leading zeros out, which are filled in.
 *
 * Source: jaeger documentation, client-libraries, Trace/Span Identity; b3-propagation, Identifiers.
 */
export function readHexId(text: string, digits: 16 | 32): HexId {
  if (text.length > digits || !/^[0-9a-fA-F]+$/.test(text)) return { reason: 'malformed' }
  const id = text.toLowerCase().padStart(digits, '0')
  return isZeroText(id) ? { reason: 'zero_id' } : { id }
}

/** True for an id of nothing but zeros. */
export function isZeroText(id: string): boolean {
  return /^0*$/.test(id)
}
