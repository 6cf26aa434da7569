import { doubleText } from '../model/double-text.ts'
import { absorb, finishHash } from '../model/term-hash.ts'

/**
 * The hashes that a scan meets (bridge/model/term-hash.ts), in order: of the keys and of the values
 * of attributes. A value of which a later one takes the place, in an encoding that nobody writes, is
 * among them too: a hash too many costs a look, one too few would lose a span.
 */
export class TermList {
  keys = new Uint32Array(64)
  keyCount = 0
  values = new Uint32Array(64)
  valueCount = 0

  /** Forgets all behind the first ones. */
  rewind(keyCount: number, valueCount: number): void {
    this.keyCount = keyCount
    this.valueCount = valueCount
  }

  /** The key whose bytes gave this state. */
  addKey(state: number): void {
    if (this.keyCount === this.keys.length) this.keys = grown(this.keys)
    this.keys[this.keyCount++] = finishHash(state)
  }

  /** A value whose text form gave this state. */
  addValue(state: number): void {
    if (this.valueCount === this.values.length) this.values = grown(this.values)
    this.values[this.valueCount++] = finishHash(state)
  }

  /** A text behind its key's state. */
  addText(key: number, text: string): void {
    const bytes = Buffer.from(text)
    this.addValue(absorb(key, bytes, 0, bytes.length))
  }

  /** A boolean. */
  addBool(key: number, isTrue: boolean): void {
    const bytes = isTrue ? trueBytes : falseBytes
    this.addValue(absorb(key, bytes, 0, bytes.length))
  }

  /** A whole number of which a double holds every digit. */
  addWhole(key: number, value: number): void {
    let at = putDigits(digits.length, Math.abs(value))
    if (value < 0) digits[--at] = minus
    this.addValue(absorb(key, digits, at, digits.length))
  }

  /** A double; like a whole number where its text form is one. */
  addDouble(key: number, value: number): void {
    const size = Math.abs(value)
    const millionths = Math.round(size * million)
    // At most ten digits, all of them before or up to six behind the point: the text has just these.
    if (size >= 1e-4 && millionths < 1e10 && millionths / million === size) {
      this.#addMillionths(key, millionths, value < 0)
    } else if (Number.isInteger(value) && size < 1e10 && !Object.is(value, -0)) {
      this.addWhole(key, value)
    } else this.addText(key, doubleText(value))
  }

  #addMillionths(key: number, millionths: number, isNegative: boolean): void {
    const whole = Math.floor(millionths / million)
    let rest = millionths - whole * million
    let at = digits.length
    if (rest > 0) {
      for (let place = 0; place < 6; place++) {
        const tenth = Math.floor(rest / 10)
        const digit = rest - tenth * 10
        // Trailing zeros are cut.
        if (digit > 0 || at < digits.length) digits[--at] = 48 + digit
        rest = tenth
      }
      digits[--at] = point
    }
    at = putDigits(at, whole)
    if (isNegative) digits[--at] = minus
    this.addValue(absorb(key, digits, at, digits.length))
  }
}

const million = 1_000_000
const minus = 45
const point = 46

/** Writes a whole number so that it ends before `end`, and gives where it begins. */
function putDigits(end: number, value: number): number {
  let at = end
  let rest = value
  do {
    const tenth = Math.floor(rest / 10)
    digits[--at] = 48 + (rest - tenth * 10)
    rest = tenth
  } while (rest > 0)
  return at
}

const trueBytes = Buffer.from('true')
const falseBytes = Buffer.from('false')
const digits = new Uint8Array(32)

function grown(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2)
  larger.set(list)
  return larger
}
