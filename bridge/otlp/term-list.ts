import type { BatchMemory } from '../model/batch-memory.ts'
import { doubleText } from '../model/double-text.ts'
import { absorb, absorbView, finishHash, viewOf } from '../model/term-hash.ts'

/**
 * The hashes that a scan meets (bridge/model/term-hash.ts), in order: of the keys and of the values
 * of attributes. A value of which a later one takes the place, in an encoding that nobody writes, is
 * among them too: a hash too many costs a look, one too few would lose a span.
 */
export class TermList {
  keys: Uint32Array
  keyCount = 0
  values: Uint32Array
  valueCount = 0

  /** @param arrays what they are written into, or how many keys and how many values will come */
  constructor(arrays: Pick<BatchMemory, 'keys' | 'values'> | number = 64) {
    const isCount = typeof arrays === 'number'
    this.keys = isCount ? new Uint32Array(arrays) : arrays.keys
    this.values = isCount ? new Uint32Array(arrays) : arrays.values
  }

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
    if (text === '') {
      this.addValue(absorb(key, noBytes, 0, 0))
      return
    }
    const bytes = Buffer.from(text)
    this.addValue(absorb(key, bytes, 0, bytes.length))
  }

  /** A boolean. */
  addBool(key: number, isTrue: boolean): void {
    const text = isTrue ? trueText : falseText
    this.addValue(absorbView(key, text, 0, text.byteLength))
  }

  /** A whole number of which a double holds every digit. */
  addWhole(key: number, value: number): void {
    let at = putDigits(digits.length, Math.abs(value))
    if (value < 0) digits[--at] = minus
    this.addValue(absorbView(key, digitsView, at, digits.length))
  }

  /** A double, by ten significant digits; like a whole number where its text form is one. */
  addDouble(key: number, value: number): void {
    const size = Math.abs(value)
    if (size >= 1e-4 && size < tenDigits) {
      const at = putTenDigits(size)
      if (at >= 0) {
        const start = value < 0 ? at - 1 : at
        if (value < 0) digits[start] = minus
        this.addValue(absorbView(key, digitsView, start, digits.length))
        return
      }
    }
    this.addText(key, doubleText(value))
  }
}

const minus = 45
const point = 46
const tenDigits = 1e10
/** 10^0 to 10^13, all exact. */
const powers = Array.from({ length: 14 }, (_, power) => 10 ** power)

/**
 * Writes the text form of a number from 1e-4 to below 1e10 at the end of `digits`, as
 * `doubleText` has it, which makes strings and is ten times slower.
 *
 * @returns where it begins, or -1 where rounding is too close a call for this arithmetic
 */
function putTenDigits(size: number): number {
  let exponent = Math.floor(Math.log10(size))
  // The product is right to within a millionth; a tie or nearly one is not decided here.
  let scaled = size * (powers[9 - exponent] as number)
  if (scaled >= tenDigits) {
    exponent += 1
    scaled = size * (powers[9 - exponent] ?? 0.1)
  }
  let rest = Math.round(scaled)
  const beside = Math.abs(scaled - rest)
  if (beside > 0.499 || rest < 1e9 || rest >= tenDigits) return -1
  let places = 9 - exponent
  if (places < 0) return -1
  while (places > 0 && rest % 10 === 0) {
    rest /= 10
    places -= 1
  }
  let at = digits.length
  if (places > 0) {
    for (let place = 0; place < places; place++) {
      const tenth = Math.floor(rest / 10)
      digits[--at] = 48 + (rest - tenth * 10)
      rest = tenth
    }
    digits[--at] = point
  }
  return putDigits(at, rest)
}

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

const trueText = viewOf(Buffer.from('true'))
const falseText = viewOf(Buffer.from('false'))
const digits = new Uint8Array(32)
const digitsView = viewOf(digits)

function grown(list: Uint32Array): Uint32Array {
  const larger = new Uint32Array(list.length * 2)
  larger.set(list)
  return larger
}
const noBytes = new Uint8Array(0)
