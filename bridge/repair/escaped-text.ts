import { isUtf8 } from 'node:buffer'
import { textOf, WireReader } from '../wire/reader.ts'

/**
 * Text of bytes that may not be UTF-8, losing none of them: a byte that belongs to no character
 * becomes the lone surrogate U+DC00 + byte, which no valid text has. The model carries such text
 * from a decoder to `repairSpan` and no further.
 *
 * Source: Python's PEP 383, "surrogateescape".
 */
export function escapedText(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return textOf(bytes)
  let text = ''
  let from = 0
  let at = 0
  while (at < bytes.length) {
    const length = characterLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    text += textOf(bytes.subarray(from, at)) + String.fromCharCode(0xdc00 + (bytes[at] as number))
    at += 1
    from = at
  }
  return text + textOf(bytes.subarray(from))
}

/** The bytes that `escapedText` was given. */
export function bytesOfEscaped(text: string): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xdc00 && isLow(text.charCodeAt(at + 1))) at++
    else if (code >= 0xdc80 && code <= 0xdcff) {
      parts.push(Buffer.from(text.slice(from, at)), Uint8Array.of(code - 0xdc00))
      from = at + 1
    }
  }
  parts.push(Buffer.from(text.slice(from)))
  return new Uint8Array(Buffer.concat(parts))
}

/** The text with U+FFFD for whatever is not valid. */
export function readableText(text: string): string {
  return text.toWellFormed()
}

/** Reads strings as `escapedText` instead of refusing those that are not UTF-8. */
export class LenientReader extends WireReader {
  override string(): string {
    return escapedText(this.slice())
  }
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000
}

/** Length of the character at `at`; 0 when none starts there. RFC 3629, section 4. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const second = bytes[at + 1] ?? 0
  if (first < 0xe0) return isContinuation(second) ? 2 : 0
  if (first < 0xf0) {
    const isSecond =
      isContinuation(second) &&
      (first !== 0xe0 || second >= 0xa0) &&
      (first !== 0xed || second < 0xa0)
    return isSecond && isContinuation(bytes[at + 2]) ? 3 : 0
  }
  const isSecond =
    isContinuation(second) &&
    (first !== 0xf0 || second >= 0x90) &&
    (first !== 0xf4 || second < 0x90)
  return isSecond && isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]) ? 4 : 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
