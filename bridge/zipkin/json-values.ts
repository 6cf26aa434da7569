import { isZeroAt } from '../model/identifier.ts'
import type { RejectReason } from '../model/span.ts'
import { integerOf } from '../otlp/json-scalars.ts'
import { hexDigit } from '../wire/json-escapes.ts'
import { badSpanDepthMax, JsonByte, JsonReader } from '../wire/json-reader.ts'
import type { TextTable } from '../wire/text-table.ts'
import { findText } from '../wire/text-table.ts'
import { WireError } from '../wire/wire-error.ts'
import { BadSpan, refuse } from './bad-span.ts'
import type { SpanList } from './span-list.ts'
import type { SpanParts, TextSlice } from './span-parts.ts'
import { microsMax } from './span-parts.ts'

/** A text in an error message is cut here. */
const shownTextMax = 40

/**
 * Reads the values of Zipkin's JSON, of either version, into a span's parts.
 *
 * A value that its field cannot have refuses its span and no other. `null` is as if the field was
 * left out. Numbers may be in quotes and texts may be numbers, as Zipkin's own reader has it.
 *
 * Source: zipkin-api, zipkin2-api.yaml and zipkin-api.yaml; zipkin 3, zipkin2.internal.JsonCodec.
 */
export class JsonValues {
  readonly reader: JsonReader
  readonly parts: SpanParts
  /** Number of the span in its list. */
  #index = 0

  constructor(json: Uint8Array, parts: SpanParts) {
    this.reader = new JsonReader(json)
    this.parts = parts
  }

  /**
   * Reads the list that is the whole text.
   *
   * @param readSpan reads one object
   * @param take gets what was read, unless it was bad
   * @throws WireError for text that is not JSON, or not a list
   */
  list(list: SpanList, readSpan: () => void, take: () => void): void {
    const { reader } = this
    if (reader.peek() !== JsonByte.openArray) {
      throw new WireError('bad_value', 'Cannot decode spans: not a JSON array', reader.at)
    }
    if (reader.enter(JsonByte.closeArray)) {
      do {
        reader.peek()
        const { at } = reader
        list.density.countSpans(1, at)
        try {
          readSpan()
          take()
        } catch (error) {
          if (!(error instanceof BadSpan)) throw error
          list.reject(error)
          reader.at = at
          reader.skip(badSpanDepthMax)
        }
        this.#index += 1
      } while (reader.more(JsonByte.closeArray))
    }
    reader.end()
  }

  /** Goes into the object that must be here. @returns false when it is empty */
  object(field: string): boolean {
    if (this.reader.peek() !== JsonByte.openObject) this.fail(field, 'must be an object')
    return this.reader.enter(JsonByte.closeObject)
  }

  /** Goes into the list that must be here. @returns false when it is empty */
  array(field: string): boolean {
    if (this.reader.peek() !== JsonByte.openArray) this.fail(field, 'must be an array')
    return this.reader.enter(JsonByte.closeArray)
  }

  /**
   * Reads the next name of an object.
   *
   * @returns its number in the table, and its value comes next; -1 where there is nothing to read: the value is
   * `null`, or nobody knows the name, which is counted
   */
  member(names: TextTable): number {
    const { reader } = this
    reader.key()
    const { text, textStart, textEnd } = reader
    const member = findText(names, text, textStart, textEnd - textStart)
    if (member >= 0) return this.isNull() ? -1 : member
    this.parts.skippedFields += 1
    reader.skip()
    return member
  }

  /** Reads over `null`. @returns whether it was there */
  isNull(): boolean {
    if (this.reader.peek() !== JsonByte.n) return false
    this.reader.literal()
    return true
  }

  /** Reads a text, or a number or boolean as it is written, and notes where it lies. */
  text(field: string, into: TextSlice): void {
    const { reader } = this
    const byte = reader.peek()
    if (byte === JsonByte.quote) reader.string()
    else if (byte === JsonByte.t || byte === JsonByte.f) {
      into.at = reader.at
      reader.literal()
      into.length = reader.at - into.at
      return
    } else if (isNumber(byte)) reader.number()
    else this.fail(field, 'must be a string')
    this.place(into)
  }

  /** Notes where the text lies that the reader has just read. */
  place(into: TextSlice): void {
    const { text, textStart, textEnd, bytes } = this.reader
    into.length = textEnd - textStart
    // A text with escapes has bytes of its own.
    into.at = text === bytes ? textStart : this.parts.keep(text.subarray(textStart, textEnd))
  }

  /** Reads hex digits of either case into `ids`, from the right, and fills with zeros. */
  id(field: string, reason: RejectReason, start: number, length: number): boolean {
    const { reader } = this
    if (reader.peek() !== JsonByte.quote) this.fail(field, 'must be a string', reason)
    reader.string()
    const { text, textStart, textEnd } = reader
    if (textEnd - textStart > length * 2) {
      this.fail(field, `has ${textEnd - textStart} digits, must be at most ${length * 2}`, reason)
    }
    const { ids } = this.parts
    ids.fill(0, start, start + length)
    let to = start + length
    for (let at = textEnd - 1; at >= textStart; at -= 2) {
      const low = hexDigit(text[at] as number)
      const high = at > textStart ? hexDigit(text[at - 1] as number) : 0
      if (low < 0 || high < 0) this.fail(field, `must be hex digits, is ${this.#shown()}`, reason)
      ids[--to] = (high << 4) | low
    }
    return !isZeroAt(ids, start, length)
  }

  /** Reads a whole number of at most 2^53 - 1 in size. */
  micros(field: string): number {
    const { reader } = this
    const byte = reader.peek()
    if (byte === JsonByte.quote) reader.string()
    else if (isNumber(byte)) reader.number()
    else this.fail(field, 'must be a number')
    const { text, textStart, textEnd } = reader
    let value = 0
    // Times of this century have 16 digits, without a sign or a fraction.
    if (textEnd - textStart > 0 && textEnd - textStart <= 16) {
      for (let at = textStart; at < textEnd; at++) {
        const digit = (text[at] as number) - 0x30
        if (digit < 0 || digit > 9) return this.#unusual(field)
        value = value * 10 + digit
      }
      if (value > microsMax) this.fail(field, `must be at most ${microsMax}`)
      return value
    }
    return this.#unusual(field)
  }

  /** The same of at least 0. */
  microsFrom0(field: string): number {
    const value = this.micros(field)
    if (value < 0) this.fail(field, 'must be at least 0')
    return value
  }

  bool(field: string): boolean {
    const byte = this.reader.peek()
    if (byte !== JsonByte.t && byte !== JsonByte.f) this.fail(field, 'must be true or false')
    return this.reader.literal() === JsonByte.t
  }

  /** Refuses the span. */
  fail(field: string, state: string, reason: RejectReason = 'malformed'): never {
    refuse(reason, `[${this.#index}]${field === '' ? '' : `.${field}`} ${state}`)
  }

  #unusual(field: string): number {
    const whole = integerOf(this.reader.latin1())
    if (whole === undefined) this.fail(field, `must be a whole number, is ${this.#shown()}`)
    const value = Number(whole)
    if (!Number.isSafeInteger(value)) this.fail(field, `must be at most ${microsMax}`)
    return value
  }

  #shown(): string {
    const { text, textStart, textEnd } = this.reader
    const end = Math.min(textEnd, textStart + shownTextMax)
    const more = textEnd > end ? '…' : ''
    return JSON.stringify(text.toString('utf8', textStart, end) + more)
  }
}

function isNumber(byte: number): boolean {
  return byte === JsonByte.minus || (byte >= 0x30 && byte <= 0x39)
}
