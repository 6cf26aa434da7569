import { NameTable } from '../name-table.ts'

/** Bounds of what is counted and adapted. */
export interface TableLimits {
  readonly servicesMax: number
  /** Of each service with a row of their own, for each use; the others share one. */
  readonly operationsMax: number
}

/** The rows of one service. */
export interface ServiceRows {
  readonly name: string
  /** A hash of the name, 0 to `shardCount` - 1. */
  readonly shard: number
  /** Row by operation; that of the empty name is shared by those that have none. */
  readonly rows: Pick<NameTable, 'end' | 'get' | 'placeOf' | 'numberAt' | 'nameAt' | 'isEmptyAt'>
}

/** Who needs a row: the counts of the interval that runs, or a probability. */
export const RowUse = { counted: 1, shared: 2 } as const
/** One of `RowUse`. */
export type RowUse = (typeof RowUse)[keyof typeof RowUse]

/** Services are spread over so many documents. */
export const shardCount = 64
/** Name of what operations share that have no row of their own. */
export const sharedRow = ''
/** UTF-16 units of a name that has a row; longer ones share theirs, or are not counted. */
const nameLengthMax = 512

interface Rows extends ServiceRows {
  readonly rows: NameTable
  /** Operations with a row of their own, by `RowUse`. */
  readonly named: Record<RowUse, number>
}

/**
 * Gives operations numbers, so that what is known of a million of them is kept in arrays of numbers: each name is
 * kept once, whoever needs its row. A row is free again when nobody does.
 */
export class OperationTable {
  readonly #limits: TableLimits
  readonly #services = new Map<string, Rows>()
  readonly #free: number[] = []
  #uses = new Uint8Array(1024)
  #used = 0

  constructor(limits: TableLimits) {
    this.#limits = limits
  }

  get serviceCount(): number {
    return this.#services.size
  }

  /** Rows that anybody needs. */
  get rowCount(): number {
    return this.#used - this.#free.length
  }

  services(): Iterable<ServiceRows> {
    return this.#services.values()
  }

  service(name: string): ServiceRows | undefined {
    return this.#services.get(name)
  }

  /** Whether a row has this use. */
  has(row: number, use: RowUse): boolean {
    return ((this.#uses[row] as number) & use) !== 0
  }

  /**
   * The row of an operation for a use, a new one where it has none, or the shared row of its service where it may
   * have none; undefined where the service may have none either. Each use has places of its own, so that what is
   * counted here keeps no share out that somebody else has calculated.
   */
  take(service: string, operation: string, use: RowUse): number | undefined {
    const rows = this.#services.get(service) ?? this.#newService(service)
    if (rows === undefined) return undefined
    const known = operation.length > nameLengthMax ? undefined : rows.rows.get(operation)
    if (known !== undefined && this.has(known, use)) return known
    const isFull = rows.named[use] >= this.#limits.operationsMax || operation.length > nameLengthMax
    // Counting takes no place where there is a row already.
    const isOthers = isFull && (known === undefined || use === RowUse.shared)
    const name = isOthers ? sharedRow : operation
    const row = rows.rows.get(name) ?? this.#newRow(rows, name)
    if (name !== sharedRow && !this.has(row, use)) rows.named[use] += 1
    this.#uses[row] = (this.#uses[row] as number) | use
    return row
  }

  /**
   * Ends a use of a row, which is free when it was the last; so is a service without rows.
   *
   * @param place of the operation among the rows of its service
   */
  drop({ name }: ServiceRows, place: number, use: RowUse): void {
    const rows = this.#services.get(name)
    const row = rows?.rows.numberAt(place) ?? -1
    if (rows === undefined || row < 0 || !this.has(row, use)) return
    if (!rows.rows.isEmptyAt(place)) rows.named[use] -= 1
    this.#uses[row] = (this.#uses[row] as number) & ~use
    if (this.#uses[row] !== 0) return
    rows.rows.deleteAt(place)
    this.#free.push(row)
    if (rows.rows.size === 0) this.#services.delete(name)
  }

  #newService(name: string): Rows | undefined {
    if (this.#services.size >= this.#limits.servicesMax || name.length > nameLengthMax) {
      return undefined
    }
    const named = { [RowUse.counted]: 0, [RowUse.shared]: 0 }
    const rows = { name, shard: shardOf(name), rows: new NameTable(), named }
    this.#services.set(name, rows)
    return rows
  }

  #newRow({ rows }: Rows, name: string): number {
    const row = this.#free.pop() ?? this.#used++
    if (row >= this.#uses.length) {
      const grown = new Uint8Array(this.#uses.length * 2)
      grown.set(this.#uses)
      this.#uses = grown
    }
    rows.set(name, row)
    return row
  }
}

/** FNV-1a of the UTF-16 units. Source: RFC 9923. */
function shardOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0) % shardCount
}
