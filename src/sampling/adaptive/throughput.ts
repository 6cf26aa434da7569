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

/** Numbers of some rows; 20 bytes a row. */
interface Chunk {
  readonly represented: Float64Array
  readonly kept: Uint32Array
  readonly unmarked: Uint32Array
  readonly forced: Uint32Array
}

/**
 * Counts root spans of the interval that runs. An operation has a row while it is counted, and the table's limits
 * hold: those beyond share a row of their service.
 */
export class Throughput {
  readonly #table: OperationTable
  readonly #servicesMax: number
  readonly #chunks: Chunk[] = []

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
    const chunk = this.#chunk(row)
    const at = row & chunkMask
    if (keptBy === undefined) chunk.unmarked[at] = (chunk.unmarked[at] as number) + 1
    else if (keptBy.kind === 'other' || keptBy.probability < shareMin) {
      chunk.forced[at] = (chunk.forced[at] as number) + 1
    } else {
      chunk.kept[at] = (chunk.kept[at] as number) + 1
      chunk.represented[at] = (chunk.represented[at] as number) + 1 / keptBy.probability
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
      const { represented, kept, unmarked, forced } = this.#chunk(row)
      const at = row & chunkMask
      counts.place = place
      counts.row = row
      counts.kept = kept[at] as number
      counts.represented = represented[at] as number
      counts.unmarked = unmarked[at] as number
      counts.forced = forced[at] as number
      kept[at] = 0
      represented[at] = 0
      unmarked[at] = 0
      forced[at] = 0
      each(counts)
      this.#table.drop(service, place, RowUse.counted)
    }
  }

  #chunk(row: number): Chunk {
    const index = row >>> chunkShift
    for (let at = this.#chunks.length; at <= index; at++) this.#chunks.push(newChunk())
    return this.#chunks[index] as Chunk
  }
}

function newChunk(): Chunk {
  const rows = 2 ** chunkShift
  return {
    represented: new Float64Array(rows),
    kept: new Uint32Array(rows),
    unmarked: new Uint32Array(rows),
    forced: new Uint32Array(rows),
  }
}
