import type { Exposure } from './estimate-rate.ts'
import { estimateRate } from './estimate-rate.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import type { NumberRows } from './number-rows.ts'
import type { Amounts, OperationShare } from './operation-counts.ts'
import { amountOf, shortBelow, shortOf } from './short-float.ts'

/** Intervals that are kept one by one, and probabilities that were served in them. */
export const recent = 4
/** An interval that leaves them counts half as much after so many more. */
const halfLife = 12
const decay = 0.5 ** (1 / halfLife)

/** Shorts of an operation, all but `idle` as `shortOf` makes them: kept and exposure of each recent interval, then those of all before. */
const Short = {
  kept: 0,
  seconds: recent,
  olderKept: recent * 2,
  olderSeconds: recent * 2 + 1,
  /** Served in the recent intervals before the newest, the newest of them first; `shortBelow`, as no share may more than double. */
  servedBefore: recent * 2 + 2,
  /** Intervals since the last span, plus 1; 0 once one is seen in the interval that is being added up. */
  idle: recent * 3 + 1,
  observedPerSecond: recent * 3 + 2,
  keptPerSecond: recent * 3 + 3,
} as const
const stride = recent * 3 + 4
/** An operation is forgotten after so many intervals at most. */
const idleMax = 2 ** 16 - 2

/** Numbers of what is being added up of the interval that has ended: kept, the traces that these stand for, forced. */
const Seen = { kept: 0, traces: 1, forced: 2 } as const
/** How many they are. */
export const seenStride = 3

/** Rows that are allocated together: growing copies nothing. */
const chunkShift = 12
const chunkMask = 2 ** chunkShift - 1

interface Chunk {
  readonly probabilities: Float32Array
  readonly shorts: Uint16Array
}

/**
 * What is known of each operation, and how an interval changes its probability: ExposureModel says of which operations.
 * Memory: 36 bytes an operation. Nothing is allocated for one while a million of them are calculated.
 */
export class ExposureRows {
  readonly #parameters: ExposureParameters
  readonly #chunks: Chunk[] = []
  readonly #forgetAfter: number
  readonly #intervalsPerPoll: number
  /** Of the row that is calculated. */
  readonly #newest: { kept: number; seconds: number }[]
  readonly #older = { kept: 0, seconds: 0 }

  /** @param parameters `pollSeconds` at most `recent` intervals; of `forgetSeconds` no more counts than `idleMax` */
  constructor(parameters: ExposureParameters) {
    this.#parameters = parameters
    const { pollSeconds, intervalSeconds, forgetSeconds, buckets } = parameters
    this.#intervalsPerPoll = Math.min(
      recent,
      Math.max(1, Math.round(pollSeconds / intervalSeconds)),
    )
    this.#forgetAfter = Math.min(idleMax, Math.ceil(forgetSeconds / intervalSeconds))
    const newest = buckets === 0 ? recent : buckets
    this.#newest = Array.from({ length: newest }, () => ({ kept: 0, seconds: 0 }))
  }

  /** Whether a row was begun, and not cleared since. */
  isBegun(row: number): boolean {
    return this.probability(row) > 0
  }

  probability(row: number): number {
    return this.#chunks[row >>> chunkShift]?.probabilities[row & chunkMask] ?? 0
  }

  observedPerSecond(row: number): number {
    return amountOf(this.#shortOf(row, Short.observedPerSecond))
  }

  keptPerSecond(row: number): number {
    return amountOf(this.#shortOf(row, Short.keptPerSecond))
  }

  /** Forgets what a row had. */
  clear(row: number): void {
    const { probabilities, shorts } = this.#chunk(row)
    const start = startOf(row)
    probabilities[row & chunkMask] = 0
    shorts.fill(0, start, start + stride)
  }

  /** A row of an operation of which nothing is known but what is served. */
  begin(row: number, probability: number): void {
    const { shorts } = this.#chunk(row)
    const start = startOf(row)
    shorts.fill(0, start, start + stride)
    shorts[start + Short.idle] = 1
    this.#serve(row, Math.max(probability, this.#parameters.minProbability))
  }

  /** A row whose probability somebody else has calculated: what was seen here before says nothing of now. */
  replace(row: number, share: OperationShare): void {
    this.begin(row, this.#clamp(share.probability))
    const { shorts } = this.#chunk(row)
    const start = startOf(row)
    shorts[start + Short.observedPerSecond] = shortOf(share.observedPerSecond)
    shorts[start + Short.keptPerSecond] = shortOf(share.keptPerSecond)
  }

  /** Serves a probability, and takes it for served in all recent intervals. */
  serve(row: number, probability: number): void {
    this.#serve(row, this.#clamp(probability))
  }

  /**
   * Adds what was seen in the interval that has ended.
   *
   * @param seen where it is added, in the row `at`
   * @param scale to traces a second of what was seen in another time than the interval's
   */
  add(row: number, seen: NumberRows, at: number, amounts: Amounts, scale: number): void {
    const { kept, represented, unmarked, forced } = amounts
    const chunk = this.#chunk(row)
    const start = startOf(row)
    const untold = unmarked === 0 ? 0 : unmarked / this.#followed(chunk, row)
    chunk.shorts[start + Short.idle] = 0
    const numbers = seen.numbersOf(at)
    const first = seen.startOf(at)
    add(numbers, first + Seen.kept, kept + unmarked)
    add(numbers, first + Seen.traces, (represented + untold) * scale)
    add(numbers, first + Seen.forced, forced)
  }

  /**
   * Ends an interval of a row, and calculates its next probability.
   *
   * @param seen what was added up, in the row `at`; it is 0 afterwards
   * @param max of the probability
   * @returns false where it has not been seen for so long that it is to be forgotten
   */
  advance(row: number, seen: NumberRows, at: number, seconds: number, max: number): boolean {
    const chunk = this.#chunk(row)
    const { probabilities, shorts } = chunk
    const start = startOf(row)
    const idle = shorts[start + Short.idle] as number
    if (idle > this.#forgetAfter) return false
    shorts[start + Short.idle] = idle + 1
    const kept = seen.get(at, Seen.kept)
    // What the interval is worth, by what spans tell where they do.
    const perTrace = kept === 0 ? this.#followed(chunk, row) : kept / seen.get(at, Seen.traces)
    shift(shorts, start, kept, perTrace * seconds)
    const keptPerSecond = (kept + seen.get(at, Seen.forced)) / seconds
    const before = amountOf(shorts[start + Short.keptPerSecond] as number)
    // Of about as many intervals as are kept one by one.
    shorts[start + Short.keptPerSecond] = shortOf(before + (keptPerSecond - before) / recent)
    seen.clear(at)
    const current = probabilities[row & chunkMask] as number
    const next = this.#next(chunk, row, max)
    const first = start + Short.servedBefore
    shorts.copyWithin(first + 1, first, first + recent - 2)
    shorts[first] = shortBelow(current)
    probabilities[row & chunkMask] = next
    return true
  }

  /** The next probability; notes the rate that it is made for. */
  #next(chunk: Chunk, row: number, max: number): number {
    const { targetPerSecond, tolerance } = this.#parameters
    const { probabilities, shorts } = chunk
    const start = startOf(row)
    const current = probabilities[row & chunkMask] as number
    const newest = this.#newest
    let { kept, seconds } = this.#readOlder(shorts, start)
    for (let at = 0; at < newest.length; at++) {
      const one = newest[at] as (typeof newest)[number]
      one.kept = amountOf(shorts[start + Short.kept + at] as number)
      one.seconds = amountOf(shorts[start + Short.seconds + at] as number)
      kept += one.kept
      seconds += one.seconds
    }
    const { perSecond, isSure } = estimateRate(newest, this.#older, targetPerSecond / current)
    const mean = seconds > 0 ? kept / seconds : 0
    shorts[start + Short.observedPerSecond] = shortOf(isSure ? perSecond : mean)
    const wanted = targetPerSecond / perSecond
    if (isSure && Math.abs(wanted / current - 1) < tolerance) return current
    if (isSure) return this.#clamp(Math.min(wanted, max))
    return this.#clamp(Math.min(wanted, this.#leastServed(chunk, row) * 2, max))
  }

  /** What was before the recent intervals, where it counts. */
  #readOlder(shorts: Uint16Array, start: number): Exposure {
    const counts = this.#parameters.buckets === 0
    this.#older.kept = counts ? amountOf(shorts[start + Short.olderKept] as number) : 0
    this.#older.seconds = counts ? amountOf(shorts[start + Short.olderSeconds] as number) : 0
    return this.#older
  }

  /** The probability that clients are likely to have: each asks once in `pollSeconds`. */
  #followed({ probabilities, shorts }: Chunk, row: number): number {
    const first = startOf(row) + Short.servedBefore
    let total = probabilities[row & chunkMask] as number
    for (let at = 0; at < this.#intervalsPerPoll - 1; at++) {
      total += amountOf(shorts[first + at] as number)
    }
    return total / this.#intervalsPerPoll
  }

  /** The least that clients may have now. */
  #leastServed({ probabilities, shorts }: Chunk, row: number): number {
    const first = startOf(row) + Short.servedBefore
    let least = probabilities[row & chunkMask] as number
    for (let at = 0; at < this.#intervalsPerPoll - 1; at++) {
      least = Math.min(least, amountOf(shorts[first + at] as number))
    }
    return least
  }

  #clamp(probability: number): number {
    return Math.min(1, Math.max(this.#parameters.minProbability, probability))
  }

  #serve(row: number, probability: number): void {
    const { probabilities, shorts } = this.#chunk(row)
    const first = startOf(row) + Short.servedBefore
    probabilities[row & chunkMask] = probability
    shorts.fill(shortBelow(probability), first, first + recent - 1)
  }

  #shortOf(row: number, field: number): number {
    return this.#chunks[row >>> chunkShift]?.shorts[startOf(row) + field] ?? 0
  }

  #chunk(row: number): Chunk {
    const index = row >>> chunkShift
    for (let at = this.#chunks.length; at <= index; at++) this.#chunks.push(newChunk())
    return this.#chunks[index] as Chunk
  }
}

function newChunk(): Chunk {
  return {
    probabilities: new Float32Array(1 << chunkShift),
    shorts: new Uint16Array(stride << chunkShift),
  }
}

/** Where the shorts of a row begin, in those of its chunk. */
function startOf(row: number): number {
  return (row & chunkMask) * stride
}

/** Puts an interval in front of the recent ones; the last of them is added to those before. */
function shift(shorts: Uint16Array, start: number, kept: number, seconds: number): void {
  const oldest = recent - 1
  leave(shorts, start + Short.olderKept, start + Short.kept + oldest)
  leave(shorts, start + Short.olderSeconds, start + Short.seconds + oldest)
  for (let at = oldest; at > 0; at--) {
    shorts[start + Short.kept + at] = shorts[start + Short.kept + at - 1] as number
    shorts[start + Short.seconds + at] = shorts[start + Short.seconds + at - 1] as number
  }
  shorts[start + Short.kept] = shortOf(kept)
  shorts[start + Short.seconds] = shortOf(seconds)
}

/** Adds an amount that leaves the recent ones to the older ones. */
function leave(shorts: Uint16Array, older: number, leaving: number): void {
  const sum = amountOf(shorts[older] as number) * decay + amountOf(shorts[leaving] as number)
  shorts[older] = shortOf(sum)
}

function add(numbers: Float32Array, at: number, value: number): void {
  numbers[at] = (numbers[at] as number) + value
}
