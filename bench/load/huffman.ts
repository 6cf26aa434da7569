/**
 * Bits of the code of each byte, and of the end of string. Codes are canonical: of equal length they
 * go up with the byte.
 *
 * Source: RFC 7541, appendix B.
 */
const codeLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
]

const endOfString = 256
const codes = codesOf(codeLengths)

/**
 * Decodes a Huffman string of HPACK as latin1.
 *
 * @throws Error for the end-of-string code, or padding that is not the beginning of it
 */
export function decodeHuffman(bytes: Uint8Array): string {
  let text = ''
  let code = 1
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      // The leading 1 keeps codes of different lengths apart.
      code = (code << 1) | ((byte >>> bit) & 1)
      const symbol = codes.get(code)
      if (symbol === undefined) continue
      if (symbol === endOfString) throw new Error('Cannot decode header: end of string inside')
      text += String.fromCharCode(symbol)
      code = 1
    }
  }
  if (code > 0xff || (code & (code + 1)) !== 0) {
    throw new Error('Cannot decode header: bad padding of a Huffman string')
  }
  return text
}

function codesOf(lengths: readonly number[]): ReadonlyMap<number, number> {
  const symbols = lengths.map((length, symbol) => ({ length, symbol }))
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol)
  const made = new Map<number, number>()
  let code = 0
  let before = 0
  for (const { length, symbol } of symbols) {
    code <<= length - before
    made.set((1 << length) | code, symbol)
    code++
    before = length
  }
  return made
}
