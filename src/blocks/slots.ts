// What the dictionaries of a growing block have in common. Their look-ups stay in each of them: they are
// on the hot path, and compare different things.

/**
 * A table of twice the size: number + 1 at each slot, 0 is free, from the slot that a hash names on.
 *
 * @param count how many numbers there are, from 0
 * @param hashOf the hash of a number, of any 32 bits
 */
export function doubledSlots(
  slots: Uint16Array,
  count: number,
  hashOf: (number: number) => number,
): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(slots.length * 2)
  for (let number = 0; number < count; number++) {
    let slot = hashOf(number) & (larger.length - 1)
    while (larger[slot] !== 0) slot = (slot + 1) & (larger.length - 1)
    larger[slot] = number + 1
  }
  return larger
}

/** A copy with room for so many numbers. */
export function grown(numbers: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length)
  larger.set(numbers)
  return larger
}
