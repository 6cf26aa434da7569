import type { Amounts } from './operation-counts.ts'
import type { OperationTable, ServiceRows } from './operation-table.ts'
import { RowUse, sharedRow } from './operation-table.ts'

/** Why a root span was kept, as far as it tells. */
export type KeptBy =
  | { readonly kind: 'share'; readonly probability: number }
  /** A lower bound, a rate, a person. */
  | { readonly kind: 'other' }

/** Nobody is told less; what a trace stands for would be too much of a number. */
const shareMin = 1e-9
/** Rows whose numbers are allocated together. */
const chunkShift = 12
const chunkMask = 2 ** chunkShift - 1

/** What was counted of one row. */
export interface RowCounts extends Amounts {
  /** Of its operation, among the rows of its service. */
  readonly place: number
  readonly row: number
}

/** Numbers of some rows; 10 bytes a row. */
interface Chunk {
  /** Off by at most a 2^24th for each trace that was added. */
  readonly represented: Float32Array
  /** By `Kind`, each modulo 2^16: `#carried` has the rest. */
  readonly counts: Uint16Array
}

/** What is counted of a row, by why it was kept. */
const Kind = { kept: 0, unmarked: 1, forced: 2 } as const
type Kind = (typeof Kind)[keyof typeof Kind]
const kinds = 3
const countMax = 2 ** 16 - 1

/**
 * Counts root spans of the interval that runs. An operation has a row while it is counted, and the table's limits
 * hold: those beyond share a row of their service.
 */
export class Throughput {
  readonly #table: OperationTable
  readonly #servicesMax: number
  readonly #chunks: Chunk[] = []
  /** How often a count began anew, by row and kind; only the busiest have any. */
  readonly #carried = new Map<number, number>()

  /** @param servicesMax services that only ask, and send nothing, take at most half of so many */
  constructor(table: OperationTable, servicesMax: number) {
    this.#table = table
    this.#servicesMax = servicesMax
  }

  /**
   * Counts a root span that was kept.
   *
   * @param keptBy undefined: nothing says why
   * @returns whether it has a row: not where there are too many services
   */
  observe(service: string, operation: string, keptBy: KeptBy | undefined): boolean {
    const row = this.#table.take(service, operation, RowUse.counted)
    if (row === undefined) return false
    if (keptBy === undefined) this.#count(row, Kind.unmarked)
    else if (keptBy.kind === 'other' || keptBy.probability < shareMin) this.#count(row, Kind.forced)
    else {
      this.#count(row, Kind.kept)
      const { represented } = this.#chunk(row)
      const at = row & chunkMask
      represented[at] = (represented[at] as number) + 1 / keptBy.probability
    }
    return true
  }

  /** Notes that a service asks for strategies: its operations that are not known are looked for. */
  know(service: string): void {
    const isKnown = this.#table.service(service) !== undefined
    if (!isKnown && this.#table.serviceCount >= this.#servicesMax / 2) return
    // The name may be a piece of a long text, which would stay as long as the name does.
    const own = isKnown ? service : Buffer.from(service, 'utf8').toString('utf8')
    this.#table.take(own, sharedRow, RowUse.counted)
  }

  /** Whether anything was counted of a service. */
  isCounted({ rows }: ServiceRows): boolean {
    for (let place = 0; place < rows.end; place++) {
      const row = rows.numberAt(place)
      if (row >= 0 && this.#table.has(row, RowUse.counted)) return true
    }
    return false
  }

  /**
   * Goes through what was counted of a service since the last call, whose counting begins anew.
   *
   * @param each must set no name of the service; its argument is another row's afterwards
   */
  take(service: ServiceRows, each: (counts: RowCounts) => void): void {
    const { rows } = service
    const counts = { place: 0, row: 0, kept: 0, represented: 0, unmarked: 0, forced: 0 }
    for (let place = 0; place < rows.end; place++) {
      const row = rows.numberAt(place)
      if (row < 0 || !this.#table.has(row, RowUse.counted)) continue
      const { represented } = this.#chunk(row)
      const at = row & chunkMask
      counts.place = place
      counts.row = row
      counts.kept = this.#takeCount(row, Kind.kept)
      counts.unmarked = this.#takeCount(row, Kind.unmarked)
      counts.forced = this.#takeCount(row, Kind.forced)
      counts.represented = represented[at] as number
      represented[at] = 0
      each(counts)
      this.#table.drop(service, place, RowUse.counted)
    }
  }

  #count(row: number, kind: Kind): void {
    const { counts } = this.#chunk(row)
    const at = (row & chunkMask) * kinds + kind
    const count = counts[at] as number
    counts[at] = count + 1
    if (count < countMax) return
    const key = row * kinds + kind
    this.#carried.set(key, (this.#carried.get(key) ?? 0) + 1)
  }

  /** A count, which begins anew. */
  #takeCount(row: number, kind: Kind): number {
    const { counts } = this.#chunk(row)
    const at = (row & chunkMask) * kinds + kind
    const count = counts[at] as number
    counts[at] = 0
    const key = row * kinds + kind
    const carried = this.#carried.size === 0 ? undefined : this.#carried.get(key)
    if (carried === undefined) return count
    this.#carried.delete(key)
    return carried * (countMax + 1) + count
  }

  #chunk(row: number): Chunk {
    const index = row >>> chunkShift
    for (let at = this.#chunks.length; at <= index; at++) this.#chunks.push(newChunk())
    return this.#chunks[index] as Chunk
  }
}

function newChunk(): Chunk {
  const rows = 2 ** chunkShift
  return { represented: new Float32Array(rows), counts: new Uint16Array(rows * kinds) }
}
