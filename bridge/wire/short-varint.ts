/**
 * A varint of at most four bytes that has none for nothing: what lengths and counts are. It takes
 * `varintLength` of its value.
 *
 * @returns -1 for any other
 */
export function shortVarint(bytes: Uint8Array, start: number): number {
  let value = bytes[start] as number
  if (value < 0x80) return value
  value &= 0x7f
  for (let shift = 7; shift < 28; shift += 7) {
    const byte = bytes[start + shift / 7] as number
    if (byte === 0) return -1
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
  return -1
}
