import type { Exposure } from './estimate-rate.ts'
import { estimateRate } from './estimate-rate.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import { NumberRows } from './number-rows.ts'
import type { Amounts, OperationShare } from './operation-counts.ts'

/** Intervals that are kept one by one, and probabilities that were served in them. */
export const recent = 4
/** An interval that leaves them counts half as much after so many more. */
const halfLife = 12
const decay = 0.5 ** (1 / halfLife)

/** Numbers of an operation: kept and exposure of each recent interval, then those of all before. */
const Field = {
  kept: 0,
  seconds: recent,
  olderKept: recent * 2,
  olderSeconds: recent * 2 + 1,
  /** Served in the recent intervals, the newest first. */
  probability: recent * 2 + 2,
  /** Intervals since the last span; below 0 once one is seen in the interval that is being added up. */
  idle: recent * 3 + 2,
  observedPerSecond: recent * 3 + 3,
  keptPerSecond: recent * 3 + 4,
  /** What is being added up of the interval that has ended. */
  seenKept: recent * 3 + 5,
  /** Traces, kept or not, that these stand for. */
  seenTraces: recent * 3 + 6,
  seenForced: recent * 3 + 7,
} as const
const stride = recent * 3 + 8

/**
 * What is known of each operation, and how an interval changes its probability: ExposureModel says of which operations.
 * Memory: 80 bytes an operation. Nothing is allocated for one while a million of them are calculated.
 */
export class ExposureRows {
  readonly #parameters: ExposureParameters
  readonly #rows = new NumberRows(stride)
  readonly #forgetAfter: number
  readonly #intervalsPerPoll: number
  /** Of the row that is calculated. */
  readonly #newest: { kept: number; seconds: number }[]
  readonly #older = { kept: 0, seconds: 0 }

  /** @param parameters `pollSeconds` at most `recent` intervals */
  constructor(parameters: ExposureParameters) {
    this.#parameters = parameters
    const { pollSeconds, intervalSeconds, forgetSeconds, buckets } = parameters
    this.#intervalsPerPoll = Math.min(
      recent,
      Math.max(1, Math.round(pollSeconds / intervalSeconds)),
    )
    this.#forgetAfter = Math.ceil(forgetSeconds / intervalSeconds)
    const newest = buckets === 0 ? recent : buckets
    this.#newest = Array.from({ length: newest }, () => ({ kept: 0, seconds: 0 }))
  }

  /** Whether a row was begun, and not cleared since. */
  isBegun(row: number): boolean {
    return this.probability(row) > 0
  }

  probability(row: number): number {
    return this.#rows.get(row, Field.probability)
  }

  observedPerSecond(row: number): number {
    return this.#rows.get(row, Field.observedPerSecond)
  }

  keptPerSecond(row: number): number {
    return this.#rows.get(row, Field.keptPerSecond)
  }

  /** Forgets what a row had. */
  clear(row: number): void {
    const start = this.#rows.startOf(row)
    this.#rows.numbersOf(row).fill(0, start, start + stride)
  }

  /** A row of an operation of which nothing is known but what is served. */
  begin(row: number, probability: number): void {
    this.clear(row)
    this.#serve(row, Math.max(probability, this.#parameters.minProbability))
  }

  /** A row whose probability somebody else has calculated: what was seen here before says nothing of now. */
  replace(row: number, share: OperationShare): void {
    const numbers = this.#rows.numbersOf(row)
    const start = this.#rows.startOf(row)
    numbers.fill(0, start + Field.kept, start + Field.probability)
    numbers[start + Field.idle] = 0
    this.serve(row, share.probability)
    numbers[start + Field.observedPerSecond] = share.observedPerSecond
    numbers[start + Field.keptPerSecond] = share.keptPerSecond
  }

  /** Serves a probability, and takes it for served in all recent intervals. */
  serve(row: number, probability: number): void {
    this.#serve(row, this.#clamp(probability))
  }

  /**
   * Adds what was seen in the interval that has ended.
   *
   * @param scale to traces a second of what was seen in another time than the interval's
   */
  add(row: number, { kept, represented, unmarked, forced }: Amounts, scale: number): void {
    const numbers = this.#rows.numbersOf(row)
    const start = this.#rows.startOf(row)
    const untold = unmarked === 0 ? 0 : unmarked / this.#followed(numbers, start)
    numbers[start + Field.idle] = -1
    add(numbers, start + Field.seenKept, kept + unmarked)
    add(numbers, start + Field.seenTraces, (represented + untold) * scale)
    add(numbers, start + Field.seenForced, forced)
  }

  /**
   * Ends an interval of a row, and calculates its next probability.
   *
   * @param max of the probability
   * @returns false where it has not been seen for so long that it is to be forgotten
   */
  advance(row: number, intervalSeconds: number, max: number): boolean {
    const numbers = this.#rows.numbersOf(row)
    const start = this.#rows.startOf(row)
    const idle = (numbers[start + Field.idle] as number) + 1
    if (idle > this.#forgetAfter) return false
    numbers[start + Field.idle] = idle
    const kept = numbers[start + Field.seenKept] as number
    // What the interval is worth, by what spans tell where they do.
    const perTrace =
      kept === 0
        ? this.#followed(numbers, start)
        : kept / (numbers[start + Field.seenTraces] as number)
    shift(numbers, start, kept, perTrace * intervalSeconds)
    const keptPerSecond = (kept + (numbers[start + Field.seenForced] as number)) / intervalSeconds
    const before = numbers[start + Field.keptPerSecond] as number
    // Of about as many intervals as are kept one by one.
    numbers[start + Field.keptPerSecond] = before + (keptPerSecond - before) / recent
    numbers[start + Field.seenKept] = 0
    numbers[start + Field.seenTraces] = 0
    numbers[start + Field.seenForced] = 0
    const next = this.#next(numbers, start, max)
    const first = start + Field.probability
    numbers.copyWithin(first + 1, first, first + recent - 1)
    numbers[first] = next
    return true
  }

  /** The next probability; notes the rate that it is made for. */
  #next(numbers: Float32Array, start: number, max: number): number {
    const { targetPerSecond, tolerance } = this.#parameters
    const current = numbers[start + Field.probability] as number
    const newest = this.#newest
    let { kept, seconds } = this.#readOlder(numbers, start)
    for (let at = 0; at < newest.length; at++) {
      const one = newest[at] as (typeof newest)[number]
      one.kept = numbers[start + Field.kept + at] as number
      one.seconds = numbers[start + Field.seconds + at] as number
      kept += one.kept
      seconds += one.seconds
    }
    const { perSecond, isSure } = estimateRate(newest, this.#older, targetPerSecond / current)
    const mean = seconds > 0 ? kept / seconds : 0
    numbers[start + Field.observedPerSecond] = isSure ? perSecond : mean
    const wanted = targetPerSecond / perSecond
    if (isSure && Math.abs(wanted / current - 1) < tolerance) return current
    if (isSure) return this.#clamp(Math.min(wanted, max))
    return this.#clamp(Math.min(wanted, this.#leastServed(numbers, start) * 2, max))
  }

  /** What was before the recent intervals, where it counts. */
  #readOlder(numbers: Float32Array, start: number): Exposure {
    const counts = this.#parameters.buckets === 0
    this.#older.kept = counts ? (numbers[start + Field.olderKept] as number) : 0
    this.#older.seconds = counts ? (numbers[start + Field.olderSeconds] as number) : 0
    return this.#older
  }

  /** The probability that clients are likely to have: each asks once in `pollSeconds`. */
  #followed(numbers: Float32Array, start: number): number {
    let total = 0
    for (let at = 0; at < this.#intervalsPerPoll; at++) {
      total += numbers[start + Field.probability + at] as number
    }
    return total / this.#intervalsPerPoll
  }

  /** The least that clients may have now. */
  #leastServed(numbers: Float32Array, start: number): number {
    let least = numbers[start + Field.probability] as number
    for (let at = 1; at < this.#intervalsPerPoll; at++) {
      least = Math.min(least, numbers[start + Field.probability + at] as number)
    }
    return least
  }

  #clamp(probability: number): number {
    return Math.min(1, Math.max(this.#parameters.minProbability, probability))
  }

  #serve(row: number, probability: number): void {
    const first = this.#rows.startOf(row) + Field.probability
    this.#rows.numbersOf(row).fill(probability, first, first + recent)
  }
}

/** Puts an interval in front of the recent ones; the last of them is added to those before. */
function shift(numbers: Float32Array, start: number, kept: number, seconds: number): void {
  const oldest = recent - 1
  const olderKept = (numbers[start + Field.olderKept] as number) * decay
  const olderSeconds = (numbers[start + Field.olderSeconds] as number) * decay
  numbers[start + Field.olderKept] = olderKept + (numbers[start + Field.kept + oldest] as number)
  numbers[start + Field.olderSeconds] =
    olderSeconds + (numbers[start + Field.seconds + oldest] as number)
  for (let at = oldest; at > 0; at--) {
    numbers[start + Field.kept + at] = numbers[start + Field.kept + at - 1] as number
    numbers[start + Field.seconds + at] = numbers[start + Field.seconds + at - 1] as number
  }
  numbers[start + Field.kept] = kept
  numbers[start + Field.seconds] = seconds
}

function add(numbers: Float32Array, at: number, value: number): void {
  numbers[at] = (numbers[at] as number) + value
}
