import { sampledFlag, TagName } from '../jaeger-proto/tag-names.ts'
import { PlainAttribute, ScalarTag, shortWhole } from '../otlp/plain-attribute.ts'
import { Places } from '../otlp/span-fields.ts'
import { shortVarint } from '../wire/short-varint.ts'
import { findText, textTable } from '../wire/text-table.ts'
import { varintLength } from '../wire/writer.ts'

/**
 * The attributes of a span for which Jaeger has a place of its own: its flags and its warnings, as
 * `jaegerPartsOf` knows them. Only for those of a batch, which were checked. Used again for every span.
 */
export class SpecialAttributes {
  /** Of Jaeger, without bit 0. */
  flags = 0
  /** The texts. */
  readonly warnings = new Places()
  #flagsAt = none
  #warningsAt = none

  /**
   * Looks through the attributes of a span.
   *
   * @returns false when there is one with such a key that is not as it is written here: another value, a
   * second one, or encoded in odd ways; but those whose key does not come first are not seen
   */
  find(bytes: Uint8Array, attributes: Places): boolean {
    this.flags = 0
    this.warnings.count = 0
    this.#flagsAt = none
    this.#warningsAt = none
    for (let index = 0; index < attributes.count; index++) {
      const start = attributes.start(index)
      // Nearly all keys end the look at them here.
      if (bytes[start + keyOffset] !== atSign || bytes[start] !== keyTag) continue
      if (!this.#isNoted(bytes, index, start, attributes.end(index))) return false
    }
    return true
  }

  /** Whether it is one of those that were found. */
  has(index: number): boolean {
    return index === this.#flagsAt || index === this.#warningsAt
  }

  #isNoted(bytes: Uint8Array, index: number, start: number, end: number): boolean {
    const key = start + keyOffset
    const keyEnd = key + (bytes[start + 1] as number)
    if (keyEnd >= end) return true
    switch (findText(specialKeys, bytes, key, keyEnd - key)) {
      case 0:
        return this.#areFlagsNoted(bytes, index, start, end)
      case 1:
        if (this.#warningsAt !== none) return false
        this.#warningsAt = index
        return this.#areWarningsNoted(bytes, keyEnd, end)
      default:
        return true
    }
  }

  #areFlagsNoted(bytes: Uint8Array, index: number, start: number, end: number): boolean {
    if (this.#flagsAt !== none || !plain.find(bytes, start, end)) return false
    if (plain.tag !== ScalarTag.int) return false
    const value = shortWhole(bytes, plain.value, plain.valueEnd)
    if (value <= 0 || value > 0xffff_ffff || (value & sampledFlag) !== 0) return false
    this.#flagsAt = index
    this.flags = value
    return true
  }

  /**
   * A value that is a list of texts:
   *
   *   0x12 length  0x2a length  (0x0a length  0x0a length text)*
   */
  #areWarningsNoted(bytes: Uint8Array, start: number, end: number): boolean {
    const list = bodyIn(bytes, start, 0x12, end)
    if (list < 0) return false
    let at = bodyIn(bytes, list, 0x2a, end)
    if (at < 0) return false
    while (at < end) {
      if (bytes[at] !== 0x0a) return false
      const length = shortVarint(bytes, at + 1)
      const value = at + 1 + varintLength(length)
      at = value + length
      const text = bodyIn(bytes, value, 0x0a, at)
      if (length < 0 || at > end || text < 0) return false
      this.warnings.add(text, at)
    }
    return true
  }
}

/** Where the body of a field begins that must have this tag and reach to the end; -1 when it does not. */
function bodyIn(bytes: Uint8Array, at: number, tag: number, end: number): number {
  if (at + 2 > end || bytes[at] !== tag) return -1
  const length = shortVarint(bytes, at + 1)
  const body = at + 1 + varintLength(length)
  return length >= 0 && body + length === end ? body : -1
}

/** One attribute after the other. */
const plain = new PlainAttribute()

const none = -1
/** Behind the tag of the key and its length of one byte. */
const keyOffset = 2
const keyTag = 0x0a
const atSign = 0x40
const specialKeys = textTable([TagName.flags, TagName.warnings])
