import { decodeHuffman } from './huffman.ts'

/** Names and values of RFC 7541, appendix A, as far as responses of gRPC servers use them. */
const staticTable: Readonly<Record<number, readonly [string, string]>> = {
  8: [':status', '200'],
  9: [':status', '204'],
  10: [':status', '206'],
  11: [':status', '304'],
  12: [':status', '400'],
  13: [':status', '404'],
  14: [':status', '500'],
  28: ['content-length', ''],
  31: ['content-type', ''],
  33: ['date', ''],
  53: ['retry-after', ''],
  54: ['server', ''],
}
const staticEntries = 61

/**
 * Encodes headers as literals that are never indexed, without Huffman, so the peer keeps no state
 * and the same bytes serve for every request.
 */
export function encodeHeaders(headers: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of headers) {
    parts.push(Buffer.from([0x10]), literal(name), literal(value))
  }
  return Buffer.concat(parts)
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const rest = bytes.length - 127
  const length = rest < 128 ? [127, rest] : [127, (rest & 0x7f) | 0x80, rest >>> 7]
  return Buffer.concat([Buffer.from(length), bytes])
}

/**
 * Decodes a header block of a peer that was told to keep no dynamic table.
 *
 * @throws Error for what such a peer cannot send, and for bytes that end early
 */
export function decodeHeaders(block: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>()
  const reader = new BlockReader(block)
  while (!reader.atEnd) {
    const first = reader.peek()
    if (first >= 0x80) {
      const [name, value] = entry(reader.integer(7))
      headers.set(name, value)
    } else if (first >= 0x20 && first < 0x40) {
      reader.integer(5) // A new size of the table that we do not keep.
    } else {
      const index = reader.integer(first >= 0x40 ? 6 : 4)
      const name = index === 0 ? reader.text() : entry(index)[0]
      headers.set(name, reader.text())
    }
  }
  return headers
}

/** An entry that we do not list keeps its number as name: nobody asks for it. */
function entry(index: number): readonly [string, string] {
  if (index > staticEntries) {
    throw new Error(`Cannot decode header: entry ${index} of a dynamic table, which has size 0`)
  }
  return staticTable[index] ?? [`static-${index}`, '']
}

class BlockReader {
  readonly #block: Uint8Array
  #at = 0

  constructor(block: Uint8Array) {
    this.#block = block
  }

  get atEnd(): boolean {
    return this.#at >= this.#block.length
  }

  peek(): number {
    const byte = this.#block[this.#at]
    if (byte === undefined) throw new Error('Cannot decode header: the block ends early')
    return byte
  }

  integer(prefixBits: number): number {
    const most = 2 ** prefixBits - 1
    let value = this.#byte() & most
    if (value < most) return value
    for (let factor = 1; factor <= 2 ** 21; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    throw new Error('Cannot decode header: a number of over 4 bytes')
  }

  text(): string {
    const isHuffman = this.peek() >= 0x80
    const length = this.integer(7)
    const bytes = this.#block.subarray(this.#at, this.#at + length)
    if (bytes.length < length) throw new Error('Cannot decode header: the block ends early')
    this.#at += length
    return isHuffman ? decodeHuffman(bytes) : Buffer.from(bytes).toString('latin1')
  }

  #byte(): number {
    const byte = this.peek()
    this.#at++
    return byte
  }
}
