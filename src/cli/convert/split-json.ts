import { JsonByte } from '../../../bridge/wire/json-reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { byteOrderMark } from './byte-order.ts'
import type { ByteWindow } from './byte-window.ts'
import { JsonValueEnd } from './json-value-end.ts'
import type { Part, Splitter } from './splitter.ts'

/**
 * Takes files of JSON documents apart: documents one behind the other, on lines or not, as the
 * Collector's file exporter writes them, or a list of documents. Of a document that has a list under
 * `listMember` (where that is given) each element is a part, and what else it holds is passed over; any other document is a
 * part as it is. What is within a part is checked by whoever decodes it.
 *
 * Source: opentelemetry-collector-contrib, exporter/fileexporter, README ("json").
 */
export class JsonSplitter implements Splitter {
  documents = 0
  readonly #window: ByteWindow
  readonly #partBytesMax: number
  readonly #listName: Buffer | undefined
  /** In what the window begins: the file, a list of documents, the list of a document, behind that. */
  #place: 'file' | 'documents' | 'elements' | 'members' = 'file'
  /** In what documents are. */
  #outer: 'file' | 'documents' = 'file'
  #isFirst = true
  #element = 0
  #last: Part | undefined

  constructor(window: ByteWindow, listMember: string | undefined, partBytesMax: number) {
    this.#window = window
    this.#partBytesMax = partBytesMax
    this.#listName = listMember === undefined ? undefined : Buffer.from(`"${listMember}"`)
  }

  async next(): Promise<Part | undefined> {
    this.#last = undefined
    for (;;) {
      const byte = await this.#peek()
      if (this.#place === 'file' && byte === -1) return undefined
      if (this.#place === 'file' && (await this.#skipMark())) continue
      const part = await this.#step(byte)
      if (part === undefined) continue
      this.#last = part
      return part
    }
  }

  /**
   * A document that ends too early reaches into the lines behind it: the next one begins where a line
   * begins with a bracket.
   */
  async recover(error: WireError): Promise<boolean> {
    const last = this.#last
    if (last !== undefined) {
      const isSyntax = error.code === 'bad_json' || error.code === 'truncated'
      if (!isSyntax || lineStart(last.bytes) < 0) return true
      this.#window.goBack(last.bytes.length)
    }
    this.#place = 'file'
    this.#outer = 'file'
    for (;;) {
      const at = lineStart(this.#window.bytes)
      if (at >= 0) {
        this.#window.skip(at)
        return true
      }
      // The newline may be the last byte that is there.
      this.#window.skip(Math.max(0, this.#window.length - 1))
      if (await this.#window.more()) continue
      this.#window.skip(this.#window.length)
      return true
    }
  }

  /** Goes one step on from the next token, which begins with this byte. */
  async #step(byte: number): Promise<Part | undefined> {
    switch (this.#place) {
      case 'file':
        if (byte !== JsonByte.openArray) return this.#document(byte)
        this.#window.skip(1)
        this.#outer = 'documents'
        this.#begin('documents')
        return undefined
      case 'documents':
        if (!(await this.#isOver(byte))) return this.#document(await this.#peek())
        this.#outer = 'file'
        this.#place = 'file'
        return undefined
      case 'elements':
        if (!(await this.#isOver(byte))) return this.#take(await this.#valueEnd(0), this.#element++)
        this.#place = 'members'
        return undefined
      case 'members':
        await this.#member(byte)
        return undefined
    }
  }

  /** Goes behind a byte order mark, which some write before each file of UTF-8. @returns whether there is one */
  async #skipMark(): Promise<boolean> {
    const { length } = byteOrderMark
    await this.#window.need(length)
    if (!byteOrderMark.equals(this.#window.bytes.subarray(0, length))) return false
    this.#window.skip(length)
    return true
  }

  #begin(place: 'documents' | 'elements'): void {
    this.#place = place
    this.#isFirst = true
    this.#element = 0
  }

  /** Whether the list ends here; goes behind its end, or behind the comma before its next element. */
  async #isOver(byte: number): Promise<boolean> {
    if (byte === JsonByte.closeArray) {
      this.#window.skip(1)
      return true
    }
    if (!this.#isFirst) {
      if (byte !== JsonByte.comma) throw this.#error('"," or "]"', 0)
      this.#window.skip(1)
      await this.#peek()
    }
    this.#isFirst = false
    return false
  }

  /** A document as it is; undefined when it has a list, in which the window begins then. */
  async #document(byte: number): Promise<Part | undefined> {
    if (byte !== JsonByte.openObject) throw this.#error('an object', 0)
    this.documents += 1
    let at = await this.#space(1)
    while (this.#byteAt(at) !== JsonByte.closeObject) {
      const { end, isList } = await this.#name(at)
      at = await this.#space(end)
      if (isList && this.#byteAt(at) === JsonByte.openArray) {
        this.#window.skip(at + 1)
        this.#begin('elements')
        return undefined
      }
      at = await this.#space(await this.#valueEnd(at))
      const next = this.#byteAt(at)
      if (next === JsonByte.comma) at = await this.#space(at + 1)
      else if (next !== JsonByte.closeObject) throw this.#error('"," or "}"', at)
    }
    return this.#take(at + 1, undefined)
  }

  /** What stands behind the list of a document: its end, or another member, which is passed over. */
  async #member(byte: number): Promise<void> {
    const window = this.#window
    if (byte === JsonByte.closeObject) {
      window.skip(1)
      this.#place = this.#outer
      return
    }
    if (byte !== JsonByte.comma) throw this.#error('"," or "}"', 0)
    window.skip(1)
    await this.#peek()
    const { end, isList } = await this.#name(0)
    window.skip(end)
    const first = await this.#peek()
    if (isList && first === JsonByte.openArray) {
      window.skip(1)
      const element = this.#element
      this.#begin('elements')
      this.#element = element
    } else window.skip(await this.#valueEnd(0))
  }

  /** The name of a member that begins at `at`; `end` is behind its colon. */
  async #name(at: number): Promise<{ readonly end: number; readonly isList: boolean }> {
    if (this.#byteAt(at) !== JsonByte.quote) throw this.#error('a name in quotes', at)
    const end = await this.#valueEnd(at)
    const listName = this.#listName
    const isList = listName?.equals(this.#window.bytes.subarray(at, end)) === true
    const colon = await this.#space(end)
    if (this.#byteAt(colon) !== JsonByte.colon) throw this.#error('":"', colon)
    return { end: colon + 1, isList }
  }

  #take(length: number, element: number | undefined): Part {
    const { offset } = this.#window
    return { bytes: this.#window.take(length), offset, element }
  }

  /** Goes to the next token and gives its first byte; -1 at the end of the file. */
  async #peek(): Promise<number> {
    for (;;) {
      this.#window.skip(spaceEnd(this.#window.bytes, 0))
      if (this.#window.length > 0) return this.#window.bytes[0] as number
      if (!(await this.#window.more())) return -1
    }
  }

  /** The position of the next token from `at` on; at the end of the file behind all. */
  async #space(at: number): Promise<number> {
    let end = at
    do {
      end = spaceEnd(this.#window.bytes, end)
      if (end < this.#window.length) return end
    } while (await this.#window.more())
    return end
  }

  /** Where the value ends that begins at `at`. */
  async #valueEnd(at: number): Promise<number> {
    const value = new JsonValueEnd(at)
    for (;;) {
      const end = value.find(this.#window.bytes)
      if (end - at > this.#partBytesMax || (end < 0 && value.seen - at > this.#partBytesMax)) {
        const state = `it has over ${this.#partBytesMax} bytes (--max-part-size)`
        throw new WireError(
          'bad_length',
          `Cannot read JSON value: ${state}`,
          this.#window.offset + at,
        )
      }
      if (end === at) throw this.#error('a value', at)
      if (end > at) return end
      if (!(await this.#window.more())) {
        if (value.isScalar && value.seen > at) return value.seen
        throw this.#error('the end of a value', this.#window.length)
      }
    }
  }

  #byteAt(at: number): number {
    return this.#window.bytes[at] ?? -1
  }

  #error(expected: string, at: number): WireError {
    const isOver = at >= this.#window.length
    const state = isOver ? `it ends where ${expected} is expected` : `${expected} is expected`
    const code = isOver ? 'truncated' : 'bad_json'
    return new WireError(code, `Cannot read JSON: ${state}`, this.#window.offset + at)
  }
}

/** Where the first token begins from `at` on. */
function spaceEnd(bytes: Uint8Array, at: number): number {
  let end = at
  for (; end < bytes.length; end++) {
    const byte = bytes[end]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return end
}

/** Where a line behind the first one begins with a bracket; -1 for none. */
function lineStart(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    const next = bytes[at + 1]
    if (next === JsonByte.openObject || next === JsonByte.openArray) return at + 1
  }
  return -1
}
