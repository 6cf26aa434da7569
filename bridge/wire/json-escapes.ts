import { WireError } from './wire-error.ts'

const simple: Readonly<Record<number, number>> = {
  34: 0x22,
  92: 0x5c,
  47: 0x2f,
  98: 0x08,
  102: 0x0c,
  110: 0x0a,
  114: 0x0d,
  116: 0x09,
}

/**
 * The content of a JSON string, `bytes[start..end)`, without its escapes.
 *
 * Half of a surrogate pair becomes the three bytes that UTF-8 would have for it, which no reader of
 * UTF-8 takes: what repairs texts of other formats sees and counts it.
 *
 * Source: RFC 8259 section 7; RFC 3629 section 3.
 *
 * @throws WireError 'bad_json' for an escape that JSON does not have
 */
export function unescapeJson(bytes: Uint8Array, start: number, end: number): Buffer {
  // No escape is shorter than what it stands for.
  const plain = Buffer.allocUnsafe(end - start)
  let size = 0
  let at = start
  while (at < end) {
    const byte = bytes[at] as number
    if (byte !== 0x5c) {
      plain[size++] = byte
      at += 1
      continue
    }
    const letter = at + 1 < end ? (bytes[at + 1] as number) : 0
    if (letter === 0x75) {
      let point = hexUnit(bytes, at + 2, end)
      at += 6
      if (point >= 0xd800 && point < 0xdc00 && bytes[at] === 0x5c && bytes[at + 1] === 0x75) {
        const low = hexUnit(bytes, at + 2, end)
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x1_0000 + ((point - 0xd800) << 10) + (low - 0xdc00)
          at += 6
        }
      }
      size = writePoint(plain, size, point)
      continue
    }
    const meant = simple[letter]
    if (meant === undefined) throw badEscape(at)
    plain[size++] = meant
    at += 2
  }
  return plain.subarray(0, size)
}

/** Four hex digits. */
function hexUnit(bytes: Uint8Array, start: number, end: number): number {
  let unit = 0
  for (let at = start; at < start + 4; at++) {
    const digit = at < end ? hexDigit(bytes[at] as number) : -1
    if (digit < 0) throw badEscape(start - 2)
    unit = unit * 16 + digit
  }
  return unit
}

/** What an ASCII hex digit is worth; -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function writePoint(plain: Buffer, start: number, point: number): number {
  let size = start
  if (point < 0x80) {
    plain[size++] = point
    return size
  }
  if (point < 0x800) {
    plain[size++] = 0xc0 | (point >> 6)
  } else {
    if (point < 0x1_0000) plain[size++] = 0xe0 | (point >> 12)
    else {
      plain[size++] = 0xf0 | (point >> 18)
      plain[size++] = 0x80 | ((point >> 12) & 0x3f)
    }
    plain[size++] = 0x80 | ((point >> 6) & 0x3f)
  }
  plain[size++] = 0x80 | (point & 0x3f)
  return size
}

function badEscape(offset: number): WireError {
  return new WireError('bad_json', 'Cannot read JSON: an escape that JSON does not have', offset)
}
