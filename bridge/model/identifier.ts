/**
 * Trace and span ids: bytes inside, hex at an edge.
 *
 * Source: CONTRACT of Jaeger and OTLP: 16 bytes and 8 bytes, big-endian; text is lower-case hex.
 */

/** Length of a trace id in bytes. */
export const traceIdLength = 16
/** Length of a span id in bytes. */
export const spanIdLength = 8

/** Lower-case hex of any bytes, two digits each. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** The reverse of `hexOf`: bytes in memory of their own. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

/**
 * A trace id as Jaeger and Zipkin write it: lower-case hex, 16 digits where the upper half is zero,
 * as their clients once had ids of 64 bits.
 */
export function shortTraceIdText(traceId: Uint8Array): string {
  const isShort = traceId.length === traceIdLength && isZeroAt(traceId, 0, 8)
  return hexOf(isShort ? traceId.subarray(8) : traceId)
}

/** True when every byte is zero, also when there is none: such an id names nothing. */
export function isZeroId(bytes: Uint8Array): boolean {
  return isZeroAt(bytes, 0, bytes.length)
}

/** The same of an id of `length` bytes that lies at `offset` of others. */
export function isZeroAt(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let at = offset; at < offset + length; at++) if (bytes[at] !== 0) return false
  return true
}

/** Whether two places of the same bytes hold the same id. */
export function isSameAt(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[one + at] !== bytes[other + at]) return false
  return true
}

/**
 * A trace id as people write it: 1 to 32 hex digits of either case, missing leading zeros filled
 * (16 digits or fewer are a 64-bit id, the low half).
 *
 * @returns 16 bytes, or undefined when the text is no such number
 */
export function parseTraceId(text: string): Uint8Array | undefined {
  if (!/^[0-9a-fA-F]{1,32}$/.test(text)) return undefined
  return fromHex(text.padStart(32, '0'))
}
