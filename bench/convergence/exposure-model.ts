import type { Exposure } from './estimate-rate.ts'
import { estimateRate } from './estimate-rate.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import type { OperationThroughput } from './operation-throughput.ts'

/** A probability that is in use. */
export interface OperationProbability {
  readonly service: string
  /** Empty: of all operations that have none of their own. */
  readonly operation: string
  readonly probability: number
}

type Counts = Omit<OperationThroughput, 'service' | 'operation'>

/** Intervals that are kept one by one, and probabilities that were served in them. */
const recent = 4
/** An interval that leaves them counts half as much after so many more. */
const halfLife = 12
const decay = 0.5 ** (1 / halfLife)
/** Without a span for so many intervals an operation is forgotten: six hours of 15 s. */
const forgetAfter = 1440

/** Numbers of an operation: kept and exposure of each recent interval, then those of all before. */
const Field = {
  kept: 0,
  seconds: recent,
  olderKept: recent * 2,
  olderSeconds: recent * 2 + 1,
  /** Served in the recent intervals, the newest first. */
  probability: recent * 2 + 2,
  /** Intervals since the last span. */
  idle: recent * 3 + 2,
} as const
const stride = recent * 3 + 3
/** Name of what operations share that have no row of their own, or are not known. */
const rest = ''

/**
 * Probabilities per service and operation that keep about so many traces a second of each.
 *
 * Each interval takes what all receivers have observed in it. Rates come from the probabilities that
 * the spans themselves tell, so clients that follow late, or not at all, do not disturb it; for spans
 * that tell nothing the clients are taken to follow within `pollSeconds`. A rate that is sure is
 * answered at once, up or down. Without enough spans a probability at most doubles within
 * `pollSeconds`, as more would reach the clients before its effect is seen.
 *
 * The operations of a service that are not known share a row. Its probability grows while none of them
 * is seen, up to `unknownProbabilityMax`: so a rare operation is found also with clients that keep no
 * lower bound.
 *
 * Memory: about 60 bytes an operation and its names.
 */
export class ExposureModel {
  readonly #parameters: ExposureParameters
  readonly #rowOf = new Map<string, Map<string, number>>()
  readonly #free: number[] = []
  #rows = new Float32Array(stride * 64)
  #used = 0

  constructor(parameters: ExposureParameters) {
    this.#parameters = parameters
  }

  /** Operations that have a probability. */
  get operationCount(): number {
    return this.#used - this.#free.length
  }

  /** The probability that an operation has now. */
  probabilityOf(service: string, operation: string): number {
    const operations = this.#rowOf.get(service)
    const row = operations?.get(operation) ?? operations?.get(rest)
    return row === undefined ? this.#parameters.initialProbability : this.#probability(row)
  }

  /** All probabilities that are in use; those of a service follow each other. */
  *probabilities(): Generator<OperationProbability> {
    for (const [service, operations] of this.#rowOf) {
      for (const [operation, row] of operations) {
        yield { service, operation, probability: this.#probability(row) }
      }
    }
  }

  /** Takes over probabilities that are in use already, as after a start; known operations keep theirs. */
  restore(probabilities: Iterable<OperationProbability>): void {
    for (const { service, operation, probability } of probabilities) {
      if (this.#rowOf.get(service)?.has(operation)) continue
      const row = this.#add(service, operation)
      if (row === undefined) return
      this.#serve(row, this.#clamp(probability), recent)
    }
  }

  /**
   * Ends an interval: takes what was observed in it and calculates the probabilities of the next one.
   *
   * @param seconds how long it was
   */
  advance(throughput: Iterable<OperationThroughput>, seconds: number): void {
    const observed = new Map<number, Counts>()
    for (const { service, operation, ...counts } of throughput) {
      const others = this.#rowFor(service, rest)
      const isNew = operation !== rest && this.#rowOf.get(service)?.has(operation) !== true
      const row = this.#rowFor(service, operation)
      if (row !== undefined) observed.set(row, sum(observed.get(row), counts))
      // Those that were not known until now were kept by what is said of such.
      if (isNew && others !== undefined && others !== row) {
        observed.set(others, sum(observed.get(others), counts))
      }
    }
    for (const [service, operations] of this.#rowOf) {
      for (const [operation, row] of operations) {
        const counts = observed.get(row)
        this.#shift(row, this.#exposureOf(row, counts, seconds))
        const idle = counts === undefined ? this.#number(row, Field.idle) + 1 : 0
        this.#rows[row * stride + Field.idle] = idle
        if (idle > forgetAfter) {
          operations.delete(operation)
          this.#free.push(row)
        } else this.#serve(row, this.#next(row, operation), 1)
      }
      if (operations.size === 0) this.#rowOf.delete(service)
    }
  }

  /** What an interval is worth, by what spans tell where they do. */
  #exposureOf(row: number, counts: Counts | undefined, intervalSeconds: number): Exposure {
    const { kept = 0, represented = 0, unmarked = 0 } = counts ?? {}
    const followed = this.#followed(row) * intervalSeconds
    const all = kept + unmarked
    if (all === 0) return { kept: 0, seconds: followed }
    const traces = represented + (unmarked * intervalSeconds) / followed
    return { kept: all, seconds: (all * intervalSeconds) / traces }
  }

  /** The probability that clients are likely to have: each asks once in `pollSeconds`. */
  #followed(row: number): number {
    const { pollSeconds, intervalSeconds } = this.#parameters
    const served = Math.min(recent, Math.max(1, Math.round(pollSeconds / intervalSeconds)))
    let sum = 0
    for (let at = 0; at < served; at++) sum += this.#number(row, Field.probability + at)
    return sum / served
  }

  #next(row: number, operation: string): number {
    const { targetPerSecond, deltaTolerance, unknownProbabilityMax } = this.#parameters
    const max = operation === rest ? unknownProbabilityMax : 1
    const current = this.#probability(row)
    const newest = Array.from({ length: recent }, (_, at) => ({
      kept: this.#number(row, Field.kept + at),
      seconds: this.#number(row, Field.seconds + at),
    }))
    const older = {
      kept: this.#number(row, Field.olderKept),
      seconds: this.#number(row, Field.olderSeconds),
    }
    const { perSecond, isSure } = estimateRate(newest, older, targetPerSecond / current)
    const wanted = targetPerSecond / perSecond
    if (isSure && Math.abs(wanted / current - 1) < deltaTolerance) return current
    if (isSure) return this.#clamp(Math.min(wanted, max))
    return this.#clamp(Math.min(wanted, this.#lowestServed(row) * 2, max))
  }

  /** What the last of the clients may still have. */
  #lowestServed(row: number): number {
    const at = row * stride + Field.probability
    return Math.min(...this.#rows.subarray(at, at + recent))
  }

  #clamp(probability: number): number {
    return Math.min(1, Math.max(this.#parameters.minProbability, probability))
  }

  #probability(row: number): number {
    return this.#number(row, Field.probability)
  }

  #number(row: number, field: number): number {
    return this.#rows[row * stride + field] as number
  }

  #shift(row: number, { kept, seconds }: Exposure): void {
    const rows = this.#rows
    const at = row * stride
    const oldest = recent - 1
    rows[at + Field.olderKept] =
      this.#number(row, Field.olderKept) * decay + this.#number(row, Field.kept + oldest)
    rows[at + Field.olderSeconds] =
      this.#number(row, Field.olderSeconds) * decay + this.#number(row, Field.seconds + oldest)
    rows.copyWithin(at + Field.kept + 1, at + Field.kept, at + Field.kept + oldest)
    rows.copyWithin(at + Field.seconds + 1, at + Field.seconds, at + Field.seconds + oldest)
    rows[at + Field.kept] = kept
    rows[at + Field.seconds] = seconds
  }

  #serve(row: number, probability: number, intervals: number): void {
    const at = row * stride + Field.probability
    this.#rows.copyWithin(at + intervals, at, at + recent - intervals)
    this.#rows.fill(probability, at, at + intervals)
  }

  /** The row of an operation, a new one where it has none; undefined where nobody may have one more. */
  #rowFor(service: string, operation: string): number | undefined {
    const operations = this.#rowOf.get(service)
    const row = operations?.get(operation)
    if (row !== undefined) return row
    const isFull = (operations?.size ?? 0) >= this.#parameters.operationsPerServiceMax
    if (isFull && operation !== rest) return operations?.get(rest)
    const others = operations?.get(rest)
    // It was kept by what is said of those that are not known.
    return this.#add(
      service,
      operation,
      others === undefined ? undefined : this.#probability(others),
    )
  }

  #add(
    service: string,
    operation: string,
    probability = this.#parameters.initialProbability,
  ): number | undefined {
    if (this.operationCount >= this.#parameters.operationsMax) return undefined
    const row = this.#free.pop() ?? this.#used++
    if ((row + 1) * stride > this.#rows.length) {
      const grown = new Float32Array(this.#rows.length * 2)
      grown.set(this.#rows)
      this.#rows = grown
    }
    this.#rows.fill(0, row * stride, (row + 1) * stride)
    this.#serve(row, probability, recent)
    const operations = this.#rowOf.get(service) ?? new Map<string, number>()
    operations.set(operation, row)
    this.#rowOf.set(service, operations)
    return row
  }
}

function sum(before: Counts | undefined, counts: Counts): Counts {
  if (before === undefined) return counts
  return {
    kept: before.kept + counts.kept,
    represented: before.represented + counts.represented,
    unmarked: before.unmarked + counts.unmarked,
    forced: before.forced + counts.forced,
  }
}
