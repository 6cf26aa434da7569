/**
 * Which spans of a block have which hashes: a sorted table, in one array of bytes.
 *
 *   u32 singles, u32 multiples, u32 bytes of lists
 *   u32 hash of each single     of terms that one span has
 *   u32 hash of each multiple   of all others
 *   u32 where its list begins
 *   u16 span of each single
 *   lists: a byte for the kind, then
 *     0  nothing: all spans have it
 *     1  a bit for each span of the block, lowest first
 *     2  varint count, then varint differences to the one before (the first to -1, less one)
 *
 * Little-endian. Most of what is different in every span (ids, URLs) is a single of 6 bytes.
 */
export class Postings {
  readonly #spanCount: number
  readonly #singleHashes: Uint32Array
  readonly #multipleHashes: Uint32Array
  readonly #offsets: Uint32Array
  readonly #singleSpans: Uint16Array
  readonly #lists: Uint8Array

  /** @param bytes at an offset that 4 divides, or they are copied */
  constructor(bytes: Uint8Array, spanCount: number) {
    if (bytes.length < headBytes) throw new RangeError(`it has ${bytes.length} bytes`)
    const own = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
    const { buffer, byteOffset } = own
    const [singles = 0, multiples = 0, listBytes = 0] = new Uint32Array(buffer, byteOffset, 3)
    const size = headBytes + singles * 6 + multiples * 8 + listBytes
    if (bytes.length < size) throw new RangeError(`it has ${bytes.length} bytes, must have ${size}`)
    let at = byteOffset + headBytes
    this.#spanCount = spanCount
    this.#singleHashes = new Uint32Array(buffer, at, singles)
    at += singles * 4
    this.#multipleHashes = new Uint32Array(buffer, at, multiples)
    at += multiples * 4
    this.#offsets = new Uint32Array(buffer, at, multiples)
    at += multiples * 4
    this.#singleSpans = new Uint16Array(buffer, at, singles)
    at += singles * 2
    this.#lists = new Uint8Array(buffer, at, listBytes)
  }

  /** Spans that have the hash, ascending. */
  spansWith(hash: number): ArrayLike<number> {
    const single = indexOf(this.#singleHashes, hash)
    if (single >= 0) return [this.#singleSpans[single] as number]
    const multiple = indexOf(this.#multipleHashes, hash)
    return multiple < 0 ? [] : this.#list(this.#offsets[multiple] as number)
  }

  /** All hashes, in two lists, for what is built over many blocks. */
  get hashes(): readonly [Uint32Array, Uint32Array] {
    return [this.#singleHashes, this.#multipleHashes]
  }

  #list(start: number): ArrayLike<number> {
    const kind = this.#lists[start]
    if (kind === ListKind.all) return everySpan(this.#spanCount)
    return kind === ListKind.bits ? this.#bits(start + 1) : this.#differences(start + 1)
  }

  #bits(start: number): ArrayLike<number> {
    const found: number[] = []
    for (let at = 0; at < (this.#spanCount + 7) >>> 3; at++) {
      const bits = this.#lists[start + at] as number
      if (bits === 0) continue
      for (let bit = 0; bit < 8; bit++) if ((bits & (1 << bit)) !== 0) found.push(at * 8 + bit)
    }
    return found
  }

  #differences(start: number): ArrayLike<number> {
    const lists = this.#lists
    let at = start
    const varint = (): number => {
      let value = 0
      for (let shift = 0; ; shift += 7) {
        const byte = lists[at++] ?? 0
        value |= (byte & 0x7f) << shift
        if (byte < 0x80 || shift > 14) return value
      }
    }
    const found = new Uint16Array(Math.min(varint(), this.#spanCount))
    let span = -1
    for (let index = 0; index < found.length; index++) {
      span += 1 + varint()
      found[index] = span
    }
    return found
  }
}

const headBytes = 12
const ListKind = { all: 0, bits: 1, differences: 2 } as const

/** The numbers from 0 on; nobody changes them. */
let numbers = new Uint16Array(0)

/** All spans of a block: what a service or a resource has is in most searches, and in every span of some blocks. */
function everySpan(spanCount: number): ArrayLike<number> {
  if (numbers.length < spanCount) {
    numbers = new Uint16Array(spanCount)
    for (let span = 0; span < spanCount; span++) numbers[span] = span
  }
  return numbers.subarray(0, spanCount)
}

/** Adds terms in ascending order of their hashes. */
export class PostingsWriter {
  readonly #spanCount: number
  readonly #singleHashes: Uint32Array
  readonly #singleSpans: Uint16Array
  #singles = 0
  readonly #multipleHashes: number[] = []
  readonly #offsets: number[] = []
  #lists: Uint8Array<ArrayBuffer>
  #listBytes = 0

  /**
   * @param termsMax how many there can be
   * @param listBytes of all lists together, roughly
   */
  constructor(spanCount: number, termsMax: number, listBytes = 16 * 1024) {
    this.#lists = new Uint8Array(listBytes)
    this.#spanCount = spanCount
    this.#singleHashes = new Uint32Array(termsMax)
    this.#singleSpans = new Uint16Array(termsMax)
  }

  /** Adds a hash with its spans, ascending, at least one. */
  add(hash: number, spans: Uint16Array): void {
    const count = spans.length
    if (count === 1) {
      this.addSingle(hash, spans[0] as number)
      return
    }
    this.#multipleHashes.push(hash)
    this.#offsets.push(this.#listBytes)
    const bitBytes = (this.#spanCount + 7) >>> 3
    this.#reserve(1 + Math.max(bitBytes, 3 + count * 3))
    if (count === this.#spanCount) this.#lists[this.#listBytes++] = ListKind.all
    else if (count >= bitBytes) this.#putBits(spans, bitBytes)
    else this.#putDifferences(spans)
  }

  /** Adds a hash of one span. */
  addSingle(hash: number, span: number): void {
    this.#singleHashes[this.#singles] = hash
    this.#singleSpans[this.#singles++] = span
  }

  /** The whole table. */
  finish(): Uint8Array {
    const singles = this.#singles
    const multiples = this.#multipleHashes.length
    const size = headBytes + singles * 6 + multiples * 8 + this.#listBytes
    const bytes = new Uint8Array(size)
    new Uint32Array(bytes.buffer, 0, 3).set([singles, multiples, this.#listBytes])
    let at = headBytes
    new Uint32Array(bytes.buffer, at, singles).set(this.#singleHashes.subarray(0, singles))
    at += singles * 4
    new Uint32Array(bytes.buffer, at, multiples).set(this.#multipleHashes)
    at += multiples * 4
    new Uint32Array(bytes.buffer, at, multiples).set(this.#offsets)
    at += multiples * 4
    new Uint16Array(bytes.buffer, at, singles).set(this.#singleSpans.subarray(0, singles))
    at += singles * 2
    bytes.set(this.#lists.subarray(0, this.#listBytes), at)
    return bytes
  }

  #putBits(spans: Uint16Array, bitBytes: number): void {
    const lists = this.#lists
    lists[this.#listBytes++] = ListKind.bits
    const start = this.#listBytes
    lists.fill(0, start, start + bitBytes)
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index] as number
      const at = start + (span >>> 3)
      lists[at] = (lists[at] as number) | (1 << (span & 7))
    }
    this.#listBytes += bitBytes
  }

  #putDifferences(spans: Uint16Array): void {
    const lists = this.#lists
    lists[this.#listBytes] = ListKind.differences
    let at = putVarint(lists, this.#listBytes + 1, spans.length)
    let before = -1
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index] as number
      const difference = span - before - 1
      before = span
      if (difference < 0x80) lists[at++] = difference
      else at = putVarint(lists, at, difference)
    }
    this.#listBytes = at
  }

  #reserve(bytes: number): void {
    const needed = this.#listBytes + bytes
    if (needed <= this.#lists.length) return
    const grown = new Uint8Array(Math.max(needed, this.#lists.length * 2))
    grown.set(this.#lists)
    this.#lists = grown
  }
}

function putVarint(lists: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 0x7f) {
    lists[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  lists[at++] = rest
  return at
}

function indexOf(hashes: Uint32Array, hash: number): number {
  let low = 0
  let high = hashes.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = hashes[middle] as number
    if (found === hash) return middle
    if (found < hash) low = middle + 1
    else high = middle - 1
  }
  return -1
}
