import type { OperationRule } from '../../../bridge/jaeger-sampling/strategy.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import { ExposureRows, seenStride } from './exposure-rows.ts'
import { NumberRows } from './number-rows.ts'
import type { OperationCounts, OperationShare } from './operation-counts.ts'
import type { ServiceRows } from './operation-table.ts'
import { OperationTable, RowUse, sharedRow } from './operation-table.ts'
import type { RowCounts, Throughput } from './throughput.ts'

/** Services that are calculated before others may do something. */
const servicesAtOnce = 16

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
 * Memory: 36 bytes an operation, besides the table's, and 12 more where several processes count.
 */
export class ExposureModel {
  readonly #parameters: ExposureParameters
  readonly #table: OperationTable
  readonly #rows: ExposureRows
  /** What all processes have seen in the interval that has ended, by row. */
  readonly #seen = new NumberRows(seenStride)
  /** What this process alone has seen of the service that is calculated, by place. */
  readonly #seenOfService = new NumberRows(seenStride)
  #operationCount = 0

  /**
   * @param parameters `pollSeconds` at most `recent` intervals
   * @param table is shared with others that know operations
   */
  constructor(parameters: ExposureParameters, table = new OperationTable(parameters)) {
    this.#parameters = parameters
    this.#table = table
    this.#rows = new ExposureRows(parameters)
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
    return this.#rows.probability(row)
  }

  /** All probabilities that are in use; those of a service follow each other. */
  *probabilities(): Generator<OperationShare> {
    for (const service of this.#table.services()) yield* this.sharesOf(service)
  }

  /**
   * Those of one service.
   *
   * @param fromPerSecond traces a second that an operation has at least
   */
  *sharesOf({ name, rows }: ServiceRows, fromPerSecond = 0): Generator<OperationShare> {
    for (let place = 0; place < rows.end; place++) {
      const row = rows.numberAt(place)
      if (row < 0 || !this.#isShared(row)) continue
      const observedPerSecond = this.#rows.observedPerSecond(row)
      if (observedPerSecond < fromPerSecond) continue
      const [probability, keptPerSecond] = [
        this.#rows.probability(row),
        this.#rows.keptPerSecond(row),
      ]
      yield {
        service: name,
        operation: rows.nameAt(place),
        probability,
        observedPerSecond,
        keptPerSecond,
      }
    }
  }

  /** The probabilities of a service's operations, in the form in which clients are told. */
  rulesOf({ rows }: ServiceRows): {
    readonly listed: readonly OperationRule[]
    /** Of those that have none of their own; undefined where they have none. */
    readonly others: number | undefined
  } {
    const listed: OperationRule[] = []
    let others: number | undefined
    for (let place = 0; place < rows.end; place++) {
      const row = rows.numberAt(place)
      if (row < 0 || !this.#isShared(row)) continue
      const probability = this.#rows.probability(row)
      if (rows.isEmptyAt(place)) others = probability
      else listed.push({ operation: rows.nameAt(place), probability })
    }
    return { listed, others }
  }

  /** Takes over probabilities that are in use already, as after a start; known operations keep theirs. */
  restore(shares: Iterable<Pick<OperationShare, 'service' | 'operation' | 'probability'>>): void {
    for (const { service, operation, probability } of shares) {
      if (this.#find(service, operation) !== undefined) continue
      const row = this.#ownRowFor(service, operation)
      if (row !== undefined) this.#rows.serve(row, probability)
    }
  }

  /**
   * Takes over what another process has calculated, in place of what was known of the services of a shard, in
   * steps as `advancing` does.
   *
   * @param shares gone through twice: what is not among them makes room first. What throws in them does so before
   * anything has changed
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
      for (let place = 0; place < service.rows.end; place++) {
        const row = service.rows.numberAt(place)
        if (row >= 0 && this.#isShared(row) && !kept.has(row)) this.#forget(service, place, row)
      }
    }
    for (const share of shares()) {
      const row = this.#ownRowFor(share.service, share.operation)
      if (row !== undefined) this.#rows.replace(row, share)
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
    yield* this.#calculating(seconds)
  }

  /** The same with what this process has counted, where no other one counts: service by service. */
  *advancingCounted(throughput: Throughput, seconds: number): Generator<void> {
    let services = 0
    for (const service of this.#table.services()) {
      if (throughput.isCounted(service)) this.#observeService(service, throughput)
      this.#calculate(service, 'place', seconds)
      if (++services % servicesAtOnce === 0) yield
    }
  }

  *#calculating(seconds: number): Generator<void> {
    let services = 0
    for (const service of this.#table.services()) {
      this.#calculate(service, 'row', seconds)
      if (++services % servicesAtOnce === 0) yield
    }
  }

  /** @param seenBy where what was seen is: of each row in `#seen`, of each place in `#seenOfService` */
  #calculate(service: ServiceRows, seenBy: 'row' | 'place', seconds: number): void {
    const { rows } = service
    const seen = seenBy === 'row' ? this.#seen : this.#seenOfService
    for (let place = 0; place < rows.end; place++) {
      const row = rows.numberAt(place)
      if (row < 0 || !this.#isShared(row)) continue
      const max = rows.isEmptyAt(place) ? this.#parameters.unknownProbabilityMax : 1
      const at = seenBy === 'row' ? row : place
      if (!this.#rows.advance(row, seen, at, seconds, max)) this.#forget(service, place, row)
    }
  }

  /** Adds what this process has counted of a service, by place. */
  #observeService(service: ServiceRows, throughput: Throughput): void {
    const { name, rows } = service
    // Before its rows are gone through, to which it may add this one.
    const others = this.#rowFor(name, sharedRow)
    if (others === undefined) return
    const othersPlace = rows.placeOf(sharedRow)
    const add = (row: number, place: number, counts: RowCounts) =>
      this.#rows.add(row, this.#seenOfService, place, counts, 1)
    throughput.take(service, (counts) => {
      if (this.#isShared(counts.row)) {
        add(counts.row, counts.place, counts)
        return
      }
      const row = this.#rowFor(name, rows.nameAt(counts.place))
      if (row !== undefined && row !== others) add(row, counts.place, counts)
      // Those that were not known until now were kept by what is said of such.
      add(others, othersPlace, counts)
    })
  }

  #observe(counts: OperationCounts, seconds: number): void {
    const { service, operation } = counts
    if (this.#isOnlyAsking(counts)) return
    const known = this.#find(service, operation)
    const isNew = operation !== sharedRow && known === undefined
    const others = this.#rowFor(service, sharedRow)
    const row = known ?? this.#rowFor(service, operation)
    // What was seen in less time stands for more.
    const scale = seconds / (counts.seconds ?? seconds)
    if (row !== undefined) this.#rows.add(row, this.#seen, row, counts, scale)
    // Those that were not known until now were kept by what is said of such.
    if (isNew && others !== undefined && others !== row) {
      this.#rows.add(others, this.#seen, others, counts, scale)
    }
  }

  /** Services that only ask take half of the places at most, however many gateways they ask. */
  #isOnlyAsking({ service, kept, unmarked, forced }: OperationCounts): boolean {
    if (kept > 0 || unmarked > 0 || forced > 0) return false
    const isFull = this.#table.serviceCount >= this.#parameters.servicesMax / 2
    return isFull && this.#table.service(service) === undefined
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
    if (this.#rows.isBegun(row)) return row
    this.#operationCount += 1
    const { initialProbability } = this.#parameters
    this.#rows.begin(row, like === undefined ? initialProbability : this.#rows.probability(like))
    return row
  }

  #forget(service: ServiceRows, place: number, row: number): void {
    this.#rows.clear(row)
    this.#operationCount -= 1
    this.#table.drop(service, place, RowUse.shared)
  }
}
