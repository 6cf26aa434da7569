import { readKeyValue } from '../otlp/decode-value.ts'
import { PlainAttribute, ScalarTag, shortWhole } from '../otlp/plain-attribute.ts'
import { spanDepth } from '../otlp/scan-span.ts'
import { base64Of } from '../wire/bytes-text.ts'
import type { JsonBytes } from '../wire/json-bytes.ts'
import { jsonConstant } from '../wire/json-bytes.ts'
import { WireReader } from '../wire/reader.ts'
import type { TextTable } from '../wire/text-table.ts'
import { findText } from '../wire/text-table.ts'
import { doubleText, tagText, wholeText } from './span-text.ts'

/** Writes lists of tags as JSON, from the bytes of attributes to bytes: what `tagText` makes of them. */
export class TagJson {
  readonly #out: JsonBytes
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #isFirst = true

  constructor(out: JsonBytes) {
    this.#out = out
  }

  /** Where the attributes lie that come next. */
  from(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes
    this.#view = view
  }

  /** Starts another list. */
  begin(): void {
    this.#isFirst = true
  }

  /** Tags that are written already. */
  constant(tags: Uint8Array): void {
    this.#separate()
    this.#out.raw(tags)
  }

  /** @param head a tag up to its text, which is `bytes[start..end)` */
  text(head: Uint8Array, start: number, end: number): void {
    this.#separate()
    this.#out.raw(head)
    this.#out.escaped(this.#bytes, start, end)
    this.#out.raw(textEnd)
  }

  /**
   * The KeyValue whose body is `bytes[start..end)`.
   *
   * @returns false, with nothing written, for one of these keys
   * @throws WireError for one that cannot be read
   */
  attribute(start: number, end: number, refused: TextTable): boolean {
    const bytes = this.#bytes
    if (!plain.find(bytes, start, end)) return this.#other(start, end, refused)
    const { key, keyEnd } = plain
    if (findText(refused, bytes, key, keyEnd - key) >= 0) return false
    const out = this.#out
    this.#separate()
    out.raw(keyHead)
    out.escaped(bytes, key, keyEnd)
    this.#value()
    return true
  }

  /** From the quote behind the key to the end of the tag. */
  #value(): void {
    const out = this.#out
    const { tag, value, valueEnd } = plain
    switch (tag) {
      case ScalarTag.string:
        out.raw(textHead)
        out.escaped(this.#bytes, value, valueEnd)
        out.raw(textEnd)
        return
      case ScalarTag.bool:
        out.raw(this.#bytes[value] === 1 ? trueValue : falseValue)
        return
      case ScalarTag.int: {
        const whole = shortWhole(this.#bytes, value, valueEnd)
        out.raw(wholeHead)
        if (whole >= 0) out.whole(whole)
        else out.text(wholeText(new WireReader(this.#bytes, value, valueEnd).int64()))
        break
      }
      case ScalarTag.double:
        out.raw(doubleHead)
        out.text(doubleText(this.#view.getFloat64(value, true)))
        break
      default:
        out.raw(binaryHead)
        out.text(base64Of(this.#bytes.subarray(value, valueEnd)))
        out.raw(textEnd)
        return
    }
    out.raw(tagEnd)
  }

  /** Lists, maps, and what is encoded in odd ways. */
  #other(start: number, end: number, refused: TextTable): boolean {
    const tag = readKeyValue(new WireReader(this.#bytes, start, end), spanDepth + 1)
    const key = Buffer.from(tag.key)
    if (findText(refused, key, 0, key.length) >= 0) return false
    this.#separate()
    this.#out.text(tagText(tag))
    return true
  }

  #separate(): void {
    if (!this.#isFirst) this.#out.raw(comma)
    this.#isFirst = false
  }
}

/** One attribute after the other. */
const plain = new PlainAttribute()

const comma = jsonConstant(',')
const keyHead = jsonConstant('{"key":"')
const textHead = jsonConstant('","type":"string","value":"')
const textEnd = jsonConstant('"}')
const trueValue = jsonConstant('","type":"bool","value":true}')
const falseValue = jsonConstant('","type":"bool","value":false}')
const wholeHead = jsonConstant('","type":"int64","value":')
const doubleHead = jsonConstant('","type":"float64","value":')
const binaryHead = jsonConstant('","type":"binary","value":"')
const tagEnd = jsonConstant('}')
