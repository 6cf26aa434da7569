/** Numbers of an entry: where its name begins, and the number that is kept under it. */
const Entry = { start: 0, number: 1 } as const
const stride = 2
/** In place of the number of an entry that is gone, until its place is used again. */
const gone = -1
type Slots = Uint8Array | Uint16Array | Uint32Array
/** By how much more there is room for when there is none. */
const growth = 1.125
/** Small ones grow by so many names. */
const growthMin = 8
/** Letters of names that are encoded where nothing has to be allocated. */
const shortMax = 512
const short = Buffer.allocUnsafeSlow(shortMax * 3)

/**
 * A number by name, as a map of texts has it, in half of the memory and without an object for each: names are kept as
 * UTF-8, one behind the other, and found by a hash. There may be thousands of small ones, or one of a million.
 *
 * Names keep the order in which they were set. Each has a place, from 0 to below `end`, which lasts until another
 * name is set; places of names that were deleted are to be passed over.
 */
export class NameTable {
  #entries = new Int32Array(4 * stride)
  /** Place of an entry, plus 1; 0 where there is none. Their count is a power of two, and a quarter of them is free. */
  #slots: Slots = new Uint8Array(8)
  #bytes = Buffer.alloc(0)
  #bytesUsed = 0
  #size = 0
  #end = 0

  /** Names that have a number. */
  get size(): number {
    return this.#size
  }

  /** Behind the last place. */
  get end(): number {
    return this.#end
  }

  /** The number of a name; undefined where it has none. */
  get(name: string): number | undefined {
    const place = this.placeOf(name)
    return place < 0 ? undefined : this.numberAt(place)
  }

  /** The place of a name; below 0 where it has none. */
  placeOf(name: string): number {
    const length = encode(name)
    return this.#find(length, hashOf(encoded, 0, length))
  }

  /** @param number from 0 to 2^31 - 1 */
  set(name: string, number: number): void {
    const length = encode(name)
    const hash = hashOf(encoded, 0, length)
    const known = this.#find(length, hash)
    if (known >= 0) this.#entries[known * stride + Entry.number] = number
    else this.#add(length, hash, number)
  }

  /** The number of the name at a place; below 0 where it was deleted. */
  numberAt(place: number): number {
    return this.#entries[place * stride + Entry.number] as number
  }

  /** The name at a place. */
  nameAt(place: number): string {
    return this.#bytes.toString('utf8', this.#startOf(place), this.#startOf(place + 1))
  }

  /** Whether the name at a place has no letters. */
  isEmptyAt(place: number): boolean {
    return this.#startOf(place) === this.#startOf(place + 1)
  }

  /** Deletes the name at a place; the others stay at theirs. */
  deleteAt(place: number): void {
    if (this.numberAt(place) === gone) return
    this.#entries[place * stride + Entry.number] = gone
    this.#size -= 1
    if (this.#size > 0) return
    this.#slots.fill(0)
    this.#end = 0
    this.#bytesUsed = 0
  }

  #startOf(place: number): number {
    if (place === this.#end) return this.#bytesUsed
    return this.#entries[place * stride + Entry.start] as number
  }

  /** The place of the name that is encoded. */
  #find(length: number, hash: number): number {
    const slots = this.#slots
    const entries = this.#entries
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = (slots[slot] as number) - 1
      if (place < 0) return place
      if (entries[place * stride + Entry.number] === gone) continue
      if (this.#isNamed(place, length)) return place
    }
  }

  #isNamed(place: number, length: number): boolean {
    const start = this.#startOf(place)
    if (this.#startOf(place + 1) - start !== length) return false
    const bytes = this.#bytes
    for (let at = 0; at < length; at++) {
      if (bytes[start + at] !== encoded[at]) return false
    }
    return true
  }

  #add(length: number, hash: number, number: number): void {
    if ((this.#end + 1) * stride > this.#entries.length) this.#makeRoom()
    this.#reserve(length)
    encoded.copy(this.#bytes, this.#bytesUsed, 0, length)
    this.#link(this.#bytesUsed, number, hash)
    this.#bytesUsed += length
    this.#size += 1
  }

  /** Makes an entry at the end for a name whose bytes are there. */
  #link(start: number, number: number, hash: number): void {
    const place = this.#end++
    const at = place * stride
    this.#entries[at + Entry.start] = start
    this.#entries[at + Entry.number] = number
    this.#linkSlot(place, hash)
  }

  #linkSlot(place: number, hash: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = place + 1
  }

  /** Makes room for another entry: that of those that are gone where they are many, else some more. */
  #makeRoom(): void {
    if (this.#size < this.#end * 0.75) this.#compact()
    else this.#grow(Math.max(this.#end + growthMin, Math.ceil(this.#end * growth)))
  }

  #grow(capacity: number): void {
    const entries = new Int32Array(capacity * stride)
    entries.set(this.#entries)
    this.#entries = entries
    const { length, BYTES_PER_ELEMENT: bytes } = this.#slots
    if (slotCount(capacity) === length && slotBytes(capacity) === bytes) return
    this.#slots = slotsFor(capacity)
    for (let place = 0; place < this.#end; place++) {
      if (this.numberAt(place) === gone) continue
      this.#linkSlot(place, hashOf(this.#bytes, this.#startOf(place), this.#startOf(place + 1)))
    }
  }

  /** Moves the names that there are to the front. */
  #compact(): void {
    const [entries, bytes, end, bytesUsed] = [
      this.#entries,
      this.#bytes,
      this.#end,
      this.#bytesUsed,
    ]
    this.#entries = new Int32Array(entries.length)
    this.#slots = slotsFor(entries.length / stride)
    this.#bytes = Buffer.allocUnsafeSlow(bytes.length)
    this.#bytesUsed = 0
    this.#end = 0
    for (let place = 0; place < end; place++) {
      const at = place * stride
      const number = entries[at + Entry.number] as number
      if (number === gone) continue
      const start = entries[at + Entry.start] as number
      const next = place + 1 < end ? (entries[at + stride + Entry.start] as number) : bytesUsed
      bytes.copy(this.#bytes, this.#bytesUsed, start, next)
      this.#link(this.#bytesUsed, number, hashOf(bytes, start, next))
      this.#bytesUsed += next - start
    }
  }

  #reserve(length: number): void {
    const needed = this.#bytesUsed + length
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(needed * growth)))
    this.#bytes.copy(grown, 0, 0, this.#bytesUsed)
    this.#bytes = grown
  }
}

/** How many slots there are for so many entries. */
function slotCount(capacity: number): number {
  return 2 ** Math.ceil(Math.log2((capacity * 4) / 3))
}

/** What a slot takes, which has a place plus 1. */
function slotBytes(capacity: number): number {
  if (capacity < 2 ** 8) return 1
  return capacity < 2 ** 16 ? 2 : 4
}

function slotsFor(capacity: number): Slots {
  const count = slotCount(capacity)
  const bytes = slotBytes(capacity)
  if (bytes === 1) return new Uint8Array(count)
  return bytes === 2 ? new Uint16Array(count) : new Uint32Array(count)
}

/** The name that was encoded last. */
let encoded = short

/** @returns how many bytes of `encoded` it has */
function encode(name: string): number {
  const { length } = name
  if (length > shortMax) {
    encoded = Buffer.from(name, 'utf8')
    return encoded.length
  }
  encoded = short
  for (let at = 0; at < length; at++) {
    const code = name.charCodeAt(at)
    if (code > 0x7f) return short.write(name, 'utf8')
    short[at] = code
  }
  return length
}

/** FNV-1a. Source: RFC 9923. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  }
  return hash ^ (hash >>> 15)
}
