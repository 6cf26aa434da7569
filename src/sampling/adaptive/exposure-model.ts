import type { Exposure } from './estimate-rate.ts'
import { estimateRate } from './estimate-rate.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import { NumberRows } from './number-rows.ts'
import type { OperationCounts, OperationShare } from './operation-counts.ts'
import type { ServiceRows } from './operation-table.ts'
import { OperationTable, RowUse, sharedRow } from './operation-table.ts'

/** Intervals that are kept one by one, and probabilities that were served in them. */
export const recent = 4
/** An interval that leaves them counts half as much after so many more. */
const halfLife = 12
const decay = 0.5 ** (1 / halfLife)
/** Services that are calculated before others may do something. */
const servicesAtOnce = 16

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
  observedPerSecond: recent * 3 + 3,
  keptPerSecond: recent * 3 + 4,
  /** What is being added up of the interval that has ended: 1 where there is anything. */
  isSeen: recent * 3 + 5,
  seenKept: recent * 3 + 6,
  seenRepresented: recent * 3 + 7,
  seenUnmarked: recent * 3 + 8,
  seenForced: recent * 3 + 9,
} as const
const stride = recent * 3 + 10

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
 * Memory: about 90 bytes an operation, besides the table's.
 */
export class ExposureModel {
  readonly #parameters: ExposureParameters
  readonly #table: OperationTable
  readonly #rows = new NumberRows(stride)
  readonly #forgetAfter: number
  readonly #intervalsPerPoll: number
  #operationCount = 0

  /**
   * @param parameters `pollSeconds` at most `recent` intervals
   * @param table is shared with others that know operations
   */
  constructor(parameters: ExposureParameters, table = new OperationTable(parameters)) {
    this.#parameters = parameters
    this.#table = table
    const perPoll = Math.round(parameters.pollSeconds / parameters.intervalSeconds)
    this.#intervalsPerPoll = Math.min(recent, Math.max(1, perPoll))
    this.#forgetAfter = Math.ceil(parameters.forgetSeconds / parameters.intervalSeconds)
  }

  /** Operations that have a probability. */
  get operationCount(): number {
    return this.#operationCount
  }

  /** The probability that an operation has now. */
  probabilityOf(service: string, operation: string): number {
    const rows = this.#table.service(service)?.rows
    const own = rows?.get(operation)
    const row = own !== undefined && this.#isShared(own) ? own : rows?.get(sharedRow)
    if (row === undefined || !this.#isShared(row)) return this.#parameters.initialProbability
    return this.#probability(row)
  }

  /** All probabilities that are in use; those of a service follow each other. */
  *probabilities(): Generator<OperationShare> {
    for (const service of this.#table.services()) yield* this.sharesOf(service)
  }

  /** Those of one service. */
  *sharesOf({ name, rows }: ServiceRows): Generator<OperationShare> {
    for (const [operation, row] of rows) {
      if (!this.#isShared(row)) continue
      yield {
        service: name,
        operation,
        probability: this.#probability(row),
        observedPerSecond: this.#rows.get(row, Field.observedPerSecond),
        keptPerSecond: this.#rows.get(row, Field.keptPerSecond),
      }
    }
  }

  /** Takes over probabilities that are in use already, as after a start; known operations keep theirs. */
  restore(shares: Iterable<Pick<OperationShare, 'service' | 'operation' | 'probability'>>): void {
    for (const { service, operation, probability } of shares) {
      if (this.#find(service, operation) !== undefined) continue
      const row = this.#ownRowFor(service, operation)
      if (row !== undefined) this.#serve(row, this.#clamp(probability), recent)
    }
  }

  /**
   * Takes over what another process has calculated, in place of what was known of the services of a shard, in
   * steps as `advancing` does.
   *
   * @param shares gone through twice: what is not among them makes room first
   */
  *replacing(shard: number, shares: () => Iterable<OperationShare>): Generator<void> {
    const kept = new Set<number>()
    let seen = 0
    for (const { service, operation } of shares()) {
      const row = this.#find(service, operation)
      if (row !== undefined) kept.add(row)
      if (++seen % 100 === 0) yield
    }
    for (const service of this.#table.services()) {
      if (service.shard !== shard) continue
      for (const [operation, row] of service.rows) {
        if (this.#isShared(row) && !kept.has(row)) this.#forget(service, operation)
      }
    }
    for (const share of shares()) {
      const row = this.#ownRowFor(share.service, share.operation)
      if (row === undefined) continue
      // What it was made from is not known; what was seen here before says nothing of now.
      this.#rows.row(row).fill(0, Field.kept, Field.probability)
      this.#rows.set(row, Field.idle, 0)
      this.#serve(row, this.#clamp(share.probability), recent)
      this.#rows.set(row, Field.observedPerSecond, share.observedPerSecond)
      this.#rows.set(row, Field.keptPerSecond, share.keptPerSecond)
      if (++seen % 100 === 0) yield
    }
  }

  /**
   * Ends an interval: takes what was observed in it and calculates the probabilities of the next one.
   *
   * @param seconds how long it was
   */
  advance(counts: Iterable<OperationCounts>, seconds: number): void {
    for (const _ of this.advancing(counts, seconds)) {
      // In one go.
    }
  }

  /** The same in steps, between which others may do something; to be gone through to the end. */
  *advancing(counts: Iterable<OperationCounts>, seconds: number): Generator<void> {
    let taken = 0
    for (const one of counts) {
      this.#observe(one, seconds)
      if (++taken % 1000 === 0) yield
    }
    let services = 0
    for (const service of this.#table.services()) {
      for (const [operation, row] of service.rows) {
        if (this.#isShared(row)) this.#advanceRow(service, operation, row, seconds)
      }
      if (++services % servicesAtOnce === 0) yield
    }
  }

  #observe(counts: OperationCounts, seconds: number): void {
    const { service, operation } = counts
    if (this.#isOnlyAsking(counts)) return
    const isNew = operation !== sharedRow && this.#find(service, operation) === undefined
    const others = this.#rowFor(service, sharedRow)
    const row = this.#rowFor(service, operation)
    if (row !== undefined) this.#add(row, counts, seconds)
    // Those that were not known until now were kept by what is said of such.
    if (isNew && others !== undefined && others !== row) this.#add(others, counts, seconds)
  }

  /** Services that only ask take half of the places at most, however many gateways they ask. */
  #isOnlyAsking({ service, kept, unmarked, forced }: OperationCounts): boolean {
    if (kept > 0 || unmarked > 0 || forced > 0) return false
    const isFull = this.#table.serviceCount >= this.#parameters.servicesMax / 2
    return isFull && this.#table.service(service) === undefined
  }

  #add(row: number, counts: OperationCounts, intervalSeconds: number): void {
    const { kept, represented, unmarked, forced, seconds = intervalSeconds } = counts
    // What was seen in less time stands for more.
    const scale = intervalSeconds / seconds
    const numbers = this.#rows.row(row)
    numbers[Field.isSeen] = 1
    add(numbers, Field.seenKept, kept + unmarked)
    add(numbers, Field.seenRepresented, represented * scale)
    add(numbers, Field.seenUnmarked, unmarked * scale)
    add(numbers, Field.seenForced, forced)
  }

  #advanceRow(service: ServiceRows, operation: string, row: number, seconds: number): void {
    const numbers = this.#rows.row(row)
    const exposure = this.#exposureOf(numbers, seconds)
    this.#shift(numbers, exposure)
    const isSeen = numbers[Field.isSeen] === 1
    const kept = exposure.kept + (numbers[Field.seenForced] as number)
    numbers.fill(0, Field.isSeen)
    numbers[Field.idle] = isSeen ? 0 : (numbers[Field.idle] as number) + 1
    if ((numbers[Field.idle] as number) > this.#forgetAfter) {
      this.#forget(service, operation)
      return
    }
    // Of about as many intervals as are kept one by one.
    const before = numbers[Field.keptPerSecond] as number
    numbers[Field.keptPerSecond] = before + (kept / seconds - before) / recent
    this.#serve(row, this.#next(numbers, operation), 1)
  }

  /** What an interval is worth, by what spans tell where they do. */
  #exposureOf(numbers: Float32Array, intervalSeconds: number): Exposure {
    const followed = this.#followed(numbers)
    const kept = numbers[Field.seenKept] as number
    if (kept === 0) return { kept, seconds: followed * intervalSeconds }
    const unmarked = (numbers[Field.seenUnmarked] as number) / followed
    const traces = (numbers[Field.seenRepresented] as number) + unmarked
    return { kept, seconds: (kept * intervalSeconds) / traces }
  }

  /** The probability that clients are likely to have: each asks once in `pollSeconds`. */
  #followed(numbers: Float32Array): number {
    return this.#served(numbers).reduce((total, one) => total + one, 0) / this.#intervalsPerPoll
  }

  /** What clients may have now. */
  #served(numbers: Float32Array): Float32Array {
    const { probability } = Field
    return numbers.subarray(probability, probability + this.#intervalsPerPoll)
  }

  /** The next probability; notes the rate that it is made for. */
  #next(numbers: Float32Array, operation: string): number {
    const { targetPerSecond, tolerance, unknownProbabilityMax, buckets } = this.#parameters
    const max = operation === sharedRow ? unknownProbabilityMax : 1
    const current = numbers[Field.probability] as number
    const newest = Array.from({ length: buckets === 0 ? recent : buckets }, (_, at) => ({
      kept: numbers[Field.kept + at] as number,
      seconds: numbers[Field.seconds + at] as number,
    }))
    const older =
      buckets === 0
        ? {
            kept: numbers[Field.olderKept] as number,
            seconds: numbers[Field.olderSeconds] as number,
          }
        : { kept: 0, seconds: 0 }
    const { perSecond, isSure } = estimateRate(newest, older, targetPerSecond / current)
    const all = newest.reduce(sum, older)
    numbers[Field.observedPerSecond] = all.seconds > 0 ? all.kept / all.seconds : 0
    if (isSure) numbers[Field.observedPerSecond] = perSecond
    const wanted = targetPerSecond / perSecond
    if (isSure && Math.abs(wanted / current - 1) < tolerance) return current
    if (isSure) return this.#clamp(Math.min(wanted, max))
    return this.#clamp(Math.min(wanted, Math.min(...this.#served(numbers)) * 2, max))
  }

  #clamp(probability: number): number {
    return Math.min(1, Math.max(this.#parameters.minProbability, probability))
  }

  #probability(row: number): number {
    return this.#rows.get(row, Field.probability)
  }

  #shift(numbers: Float32Array, { kept, seconds }: Exposure): void {
    const oldest = recent - 1
    const olderKept = (numbers[Field.olderKept] as number) * decay
    const olderSeconds = (numbers[Field.olderSeconds] as number) * decay
    numbers[Field.olderKept] = olderKept + (numbers[Field.kept + oldest] as number)
    numbers[Field.olderSeconds] = olderSeconds + (numbers[Field.seconds + oldest] as number)
    numbers.copyWithin(Field.kept + 1, Field.kept, Field.kept + oldest)
    numbers.copyWithin(Field.seconds + 1, Field.seconds, Field.seconds + oldest)
    numbers[Field.kept] = kept
    numbers[Field.seconds] = seconds
  }

  #serve(row: number, probability: number, intervals: number): void {
    const numbers = this.#rows.row(row)
    const { probability: first } = Field
    numbers.copyWithin(first + intervals, first, first + recent - intervals)
    numbers.fill(probability, first, first + intervals)
  }

  #isShared(row: number): boolean {
    return this.#table.has(row, RowUse.shared)
  }

  #find(service: string, operation: string): number | undefined {
    const row = this.#table.service(service)?.rows.get(operation)
    return row !== undefined && this.#isShared(row) ? row : undefined
  }

  /** The row of an operation, a new one where it has none; undefined where nobody may have one more. */
  #rowFor(service: string, operation: string): number | undefined {
    const known = this.#find(service, operation)
    if (known !== undefined) return known
    const row = this.#table.take(service, operation, RowUse.shared)
    if (row === undefined) return undefined
    const others = this.#find(service, sharedRow)
    if (others === row && operation !== sharedRow) return this.#begin(row, undefined)
    // It was kept by what is said of those that are not known.
    return this.#begin(row, others === row ? undefined : others)
  }

  /** The same where it is the operation's own: a share of one is not that of the others. */
  #ownRowFor(service: string, operation: string): number | undefined {
    const row = this.#rowFor(service, operation)
    return operation === sharedRow || row !== this.#find(service, sharedRow) ? row : undefined
  }

  /** A row that may be new to the model, though it is the table's. */
  #begin(row: number, like: number | undefined): number {
    const numbers = this.#rows.row(row)
    if ((numbers[Field.probability] as number) > 0) return row
    this.#operationCount += 1
    numbers.fill(0)
    const { initialProbability } = this.#parameters
    const probability = like === undefined ? initialProbability : this.#probability(like)
    this.#serve(row, Math.max(probability, this.#parameters.minProbability), recent)
    return row
  }

  #forget(service: ServiceRows, operation: string): void {
    const row = service.rows.get(operation)
    if (row === undefined) return
    this.#rows.row(row).fill(0)
    this.#operationCount -= 1
    this.#table.drop(service, operation, RowUse.shared)
  }
}

function add(numbers: Float32Array, field: number, value: number): void {
  numbers[field] = (numbers[field] as number) + value
}

function sum(a: Exposure, b: Exposure): Exposure {
  return { kept: a.kept + b.kept, seconds: a.seconds + b.seconds }
}
