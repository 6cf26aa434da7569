import { hexDigit } from '../wire/json-escapes.ts'

/** More digits than any number of 64 bits has, with room for a fraction of zeros. */
const integerTextMax = 64

/**
 * The whole number that a JSON number, or a string with one in it, stands for: exactly, also beyond
 * 2^53, and as `1e3` or `5.0`, which are whole too.
 *
 * Source: proto3 JSON mapping, int32 to uint64.
 *
 * @returns undefined for anything that is not a whole number
 */
export function integerOf(text: string): bigint | undefined {
  if (text.length <= 19 && /^-?\d+$/.test(text)) return BigInt(text)
  if (text.length > integerTextMax) return undefined
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  const scaled = scale(digits, shift)
  return scaled !== undefined && sign === '-' ? -scaled : scaled
}

function scale(digits: bigint, shift: number): bigint | undefined {
  if (digits === 0n) return 0n
  // Past this nothing fits into 64 bits, and nothing divides.
  if (Math.abs(shift) > integerTextMax) return undefined
  const power = 10n ** BigInt(Math.abs(shift))
  if (shift >= 0) return digits * power
  return digits % power === 0n ? digits / power : undefined
}

/**
 * The double that a JSON number, or a string with one in it, stands for; also the three that JSON has
 * no number for.
 *
 * Source: proto3 JSON mapping, double.
 *
 * @returns undefined for text that is no number, and for a number beyond the largest double
 */
export function doubleOf(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN
  if (text === 'Infinity') return Number.POSITIVE_INFINITY
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY
  if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** The bytes of hex digits in either case; undefined for anything else. */
export function bytesOfHex(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
  if ((end - start) % 2 !== 0) return undefined
  const bytes = new Uint8Array((end - start) / 2)
  for (let index = 0; index < bytes.length; index++) {
    const at = start + index * 2
    const high = hexDigit(text[at] as number)
    const low = hexDigit(text[at + 1] as number)
    if (high < 0 || low < 0) return undefined
    bytes[index] = (high << 4) | low
  }
  return bytes
}

/**
 * The bytes of base64 with the standard or the URL-safe alphabet, with or without padding.
 *
 * Source: proto3 JSON mapping, bytes.
 *
 * @returns undefined for anything else
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  if (digits % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined
  // Buffer leaves out what it does not know, so a loss shows in the length.
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined
  return Buffer.from(text, 'base64')
}
