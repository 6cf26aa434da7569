import { Buffer, isUtf8 } from 'node:buffer'

/** Text, and whether bytes in it had to be replaced as they were no UTF-8. */
export interface DecodedText {
  readonly text: string
  readonly isReplaced: boolean
}

/**
 * Decodes %XX. What is no UTF-8 then becomes U+FFFD, as W3C baggage asks; a `%` without two digits
 * stays as it is. Time and memory are linear.
 *
 * Source: W3C Baggage, HTTP header format, value.
 */
export function decodePercent(text: string): DecodedText {
  if (!text.includes('%')) return { text, isReplaced: false }
  let isReplaced = false
  // Runs of escapes, as one character may need several of them.
  const decoded = text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    if (!isUtf8(bytes)) isReplaced = true
    return bytes.toString()
  })
  return { text: decoded, isReplaced }
}

/** Encodes all but letters, digits and -_.!~*'(); halves of surrogate pairs become U+FFFD first. */
export function encodePercent(text: string): DecodedText {
  const isReplaced = !text.isWellFormed()
  return { text: encodeURIComponent(isReplaced ? text.toWellFormed() : text), isReplaced }
}
