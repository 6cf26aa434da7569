import { integerOf } from '../otlp/json-scalars.ts'
import { JsonByte, JsonReader } from '../wire/json-reader.ts'

/** A text in an error message is cut here. */
const shownTextMax = 40

/** Thrown for a value that its member cannot have; what is wrong with it is the cursor's `problem`. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
}

/**
 * Walks over JSON and knows the way to where it is, so that whoever reads a value can say which one is
 * wrong. `null` is as if a member was left out.
 *
 * Syntax errors throw `WireError`, values that cannot be taken the one `badValue`.
 */
export class JsonCursor {
  readonly reader: JsonReader
  /** One for each cursor, as bad values may be many. */
  readonly badValue = new BadValue('a value that its member cannot have')
  /** Path to the last bad value, and what it must be. */
  problem = ''
  /** Members that were read over because nobody knows them. */
  unknownMembers = 0
  readonly #path: (string | number)[] = []

  constructor(json: Uint8Array) {
    this.reader = new JsonReader(json)
  }

  /** Names and indexes on the way to here; `returnTo` goes back up to it. */
  get depth(): number {
    return this.#path.length
  }

  /** After a bad value: the member of what is at `depth`, if it was bad itself; '' for one deeper. */
  memberBelow(depth: number): string {
    return this.#path.length === depth + 1 ? String(this.#path[depth]) : ''
  }

  /** Forgets the way below, after a bad value. */
  returnTo(depth: number): void {
    this.#path.length = depth
  }

  /** Reads an object. `member` reads the value of a name, or answers false for one that it does not know. */
  object(member: (name: string) => boolean): void {
    const { reader } = this
    if (reader.peek() !== JsonByte.openObject) this.fail('must be an object')
    if (!reader.enter(JsonByte.closeObject)) return
    do {
      reader.key()
      const name = reader.text.toString('utf8', reader.textStart, reader.textEnd)
      if (reader.peek() === JsonByte.n) {
        reader.literal()
        continue
      }
      this.#path.push(name)
      const start = reader.at
      if (!member(name)) {
        this.unknownMembers += 1
        reader.at = start
        reader.skip()
      }
      this.#path.pop()
    } while (reader.more(JsonByte.closeObject))
  }

  /** Reads a list; `element` reads one of it. */
  list(element: () => void): void {
    const { reader } = this
    if (reader.peek() !== JsonByte.openArray) this.fail('must be an array')
    if (!reader.enter(JsonByte.closeArray)) return
    let index = 0
    do {
      this.#path.push(index)
      element()
      this.#path.pop()
      index += 1
    } while (reader.more(JsonByte.closeArray))
  }

  /** Goes over the value that begins here. @returns where it began, for `revisit` */
  pass(): number {
    this.reader.peek()
    const { at } = this.reader
    this.reader.skip()
    return at
  }

  /** Reads the value of a member of this object that began at `at`; then goes on where it was. */
  revisit(name: string, at: number, read: () => void): void {
    const { reader } = this
    const next = reader.at
    reader.at = at
    this.#path.push(name)
    read()
    this.#path.pop()
    reader.at = next
  }

  /** The bytes of a string; they may be no UTF-8. */
  text(): Uint8Array {
    this.#string()
    const { text, textStart, textEnd } = this.reader
    return text.subarray(textStart, textEnd)
  }

  /** A string whose letters are ASCII where it matters. */
  ascii(): string {
    this.#string()
    return this.reader.latin1()
  }

  /** A number as it is written, or a string. */
  number(): string {
    const { reader } = this
    const byte = reader.peek()
    if (byte === JsonByte.quote) reader.string()
    else if (byte === JsonByte.minus || (byte >= 0x30 && byte <= 0x39)) reader.number()
    else this.fail('must be a number')
    return reader.latin1()
  }

  /** A whole number, or a string with one in it, exactly. */
  integer(min: bigint, max: bigint): bigint {
    const value = integerOf(this.number())
    if (value === undefined) return this.failText('a whole number')
    if (value < min || value > max) this.fail(`must be ${min} to ${max}`)
    return value
  }

  /** Says that the text that was just read is not what it must be. */
  failText(expected: string): never {
    const { text, textStart, textEnd } = this.reader
    const shown = text.toString('utf8', textStart, Math.min(textEnd, textStart + shownTextMax))
    const more = textEnd - textStart > shownTextMax ? '…' : ''
    this.fail(`must be ${expected}, is ${JSON.stringify(shown + more)}`)
  }

  /** Says what is wrong with the value that is here. */
  fail(state: string): never {
    this.problem = `${this.#pathText()} ${state}`
    throw this.badValue
  }

  #string(): void {
    if (this.reader.peek() !== JsonByte.quote) this.fail('must be a string')
    this.reader.string()
  }

  #pathText(): string {
    if (this.#path.length === 0) return 'the document'
    const parts = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    return parts.join('').replace(/^\./, '')
  }
}
