/**
 * Each byte as one character (latin1): the same bytes have the same text, and `Buffer.from(text, 'latin1')` gives
 * them back. For a key of a Map, and to compare with words of ASCII.
 *
 * @param end behind the last byte
 */
export function latin1Of(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end)
}

/**
 * Base64, as which bytes stand in JSON.
 *
 * @param end behind the last byte
 */
export function base64Of(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64', start, end)
}
