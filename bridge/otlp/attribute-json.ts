import { base64Of } from '../wire/bytes-text.ts'
import type { JsonBytes } from '../wire/json-bytes.ts'
import { jsonConstant } from '../wire/json-bytes.ts'
import { WireReader } from '../wire/reader.ts'
import { readKeyValue } from './decode-value.ts'
import { PlainAttribute, ScalarTag, shortWhole } from './plain-attribute.ts'
import { spanDepth } from './scan-span.ts'
import type { Places } from './span-fields.ts'
import { attributeText, doubleText } from './span-text.ts'

/** Writes attributes as OTLP JSON, from bytes to bytes: what `attributeText` makes of them. */
export class AttributeJson {
  readonly #out: JsonBytes
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor(out: JsonBytes) {
    this.#out = out
  }

  /** Where the attributes lie that come next. */
  from(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes
    this.#view = view
  }

  /**
   * The elements of a list, with commas between them.
   *
   * @throws WireError for one that cannot be read
   */
  list(attributes: Places): void {
    for (let index = 0; index < attributes.count; index++) {
      if (index > 0) this.#out.raw(comma)
      this.#attribute(attributes.start(index), attributes.end(index))
    }
  }

  #attribute(start: number, end: number): void {
    const out = this.#out
    if (!plain.find(this.#bytes, start, end)) {
      // Lists, maps, and what is encoded in odd ways.
      const reader = new WireReader(this.#bytes, start, end)
      out.text(attributeText(readKeyValue(reader, spanDepth + 1)))
      return
    }
    out.raw(keyHead)
    out.escaped(this.#bytes, plain.key, plain.keyEnd)
    this.#value()
  }

  /** From the quote behind the key to the end of the attribute. */
  #value(): void {
    const out = this.#out
    const { tag, value, valueEnd } = plain
    switch (tag) {
      case ScalarTag.string:
        out.raw(stringHead)
        out.escaped(this.#bytes, value, valueEnd)
        out.raw(textEnd)
        break
      case ScalarTag.bool:
        out.raw(this.#bytes[value] === 1 ? trueValue : falseValue)
        break
      case ScalarTag.int: {
        const whole = shortWhole(this.#bytes, value, valueEnd)
        out.raw(intHead)
        if (whole >= 0) out.whole(whole)
        else out.text(String(new WireReader(this.#bytes, value, valueEnd).int64()))
        out.raw(textEnd)
        break
      }
      case ScalarTag.double:
        out.raw(doubleHead)
        out.text(doubleText(this.#view.getFloat64(value, true)))
        out.raw(numberEnd)
        break
      default:
        out.raw(bytesHead)
        out.text(base64Of(this.#bytes, value, valueEnd))
        out.raw(textEnd)
    }
  }
}

/** One attribute after the other. */
const plain = new PlainAttribute()

const comma = jsonConstant(',')
const keyHead = jsonConstant('{"key":"')
const stringHead = jsonConstant('","value":{"stringValue":"')
const intHead = jsonConstant('","value":{"intValue":"')
const doubleHead = jsonConstant('","value":{"doubleValue":')
const bytesHead = jsonConstant('","value":{"bytesValue":"')
const trueValue = jsonConstant('","value":{"boolValue":true}}')
const falseValue = jsonConstant('","value":{"boolValue":false}}')
const textEnd = jsonConstant('"}}')
const numberEnd = jsonConstant('}}')
