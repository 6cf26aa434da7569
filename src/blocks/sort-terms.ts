/** Pairs of a hash and a number that goes with it, in the first `count` places of both arrays. */
export interface TermPairs {
  readonly hashes: Uint32Array
  readonly members: Uint32Array
  readonly count: number
}

/**
 * Sorts pairs by their hash; those of one hash stay in their order. The arrays given are used up.
 *
 * A radix sort of three rounds: a block has some 20,000 pairs, which a comparing sort needs ten times
 * as long for. Arrays are held in variables, as loads of fields in these loops cost half of the time.
 */
export function sortTerms(pairs: TermPairs): TermPairs {
  const { count } = pairs
  const into = { hashes: new Uint32Array(count), members: new Uint32Array(count), count }
  const places = countDigits(pairs.hashes, count)
  moveByDigit(pairs, into, places.subarray(0, digits), 0)
  moveByDigit(into, pairs, places.subarray(digits, digits * 2), radixBits)
  moveByDigit(pairs, into, places.subarray(digits * 2), radixBits * 2)
  return into
}

const radixBits = 11
const digits = 1 << radixBits
const mask = digits - 1

/** For each of the three digits where its first pair goes, digit after digit. */
function countDigits(hashes: Uint32Array, count: number): Uint32Array {
  const places = new Uint32Array(digits * 3)
  for (let at = 0; at < count; at++) {
    const hash = hashes[at] as number
    const low = hash & mask
    const middle = digits + ((hash >>> radixBits) & mask)
    const high = digits * 2 + (hash >>> (radixBits * 2))
    places[low] = (places[low] as number) + 1
    places[middle] = (places[middle] as number) + 1
    places[high] = (places[high] as number) + 1
  }
  for (let start = 0; start < places.length; start += digits) {
    let sum = 0
    for (let digit = start; digit < start + digits; digit++) {
      const own = places[digit] as number
      places[digit] = sum
      sum += own
    }
  }
  return places
}

function moveByDigit(from: TermPairs, into: TermPairs, places: Uint32Array, shift: number): void {
  const { hashes, members, count } = from
  const intoHashes = into.hashes
  const intoMembers = into.members
  for (let at = 0; at < count; at++) {
    const hash = hashes[at] as number
    const digit = (hash >>> shift) & mask
    const place = places[digit] as number
    places[digit] = place + 1
    intoHashes[place] = hash
    intoMembers[place] = members[at] as number
  }
}
