import type { Bound } from '../statement.ts'
import type { IndexReader, IndexRow } from './index-reader.ts'
import type { StartGroup, StartStream } from './start-stream.ts'

/** Rows of the first page, and of all others. */
const firstRows = 100
const pageRows = 1000

/** An index partition that lists spans newest first, read page by page, or from another start on. */
export class PagedStream implements StartStream {
  readonly #reader: IndexReader
  readonly #statement: (maxMicros: bigint) => Bound
  readonly #isWhole: boolean
  /** Groups that were read, newest first, and where the next one to answer is. */
  #groups: StartGroup[] = []
  #at = 0
  /** Up to which start nothing was left out; above it nothing is known. */
  #readFromMicros = -1
  #pageState: string | undefined
  #current: Bound | undefined
  #hasBegun = false
  /** The group whose end has not been read. */
  #open: { readonly startMicros: number; readonly traceIds: Set<string> } | undefined

  /**
   * @param statement gives what asks for starts up to one
   * @param isWhole as of the groups
   */
  constructor(reader: IndexReader, statement: (maxMicros: bigint) => Bound, isWhole: boolean) {
    this.#reader = reader
    this.#statement = statement
    this.#isWhole = isWhole
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    if (this.#current === undefined || maxMicros > this.#readFromMicros) this.#begin(maxMicros)
    for (;;) {
      for (; this.#at < this.#groups.length; this.#at++) {
        const group = this.#groups[this.#at]
        if (group !== undefined && group.startMicros <= maxMicros) return group
      }
      const oldest = this.#open?.startMicros ?? this.#groups.at(-1)?.startMicros
      if (this.#isDone()) return undefined
      // What lies between is not worth reading.
      if (oldest !== undefined && oldest > maxMicros) this.#begin(maxMicros)
      await this.#readPage()
    }
  }

  #begin(maxMicros: number): void {
    this.#readFromMicros = maxMicros
    this.#current = this.#statement(this.#reader.startBound(maxMicros))
    this.#pageState = undefined
    this.#groups = []
    this.#at = 0
    this.#open = undefined
    this.#hasBegun = false
  }

  #isDone(): boolean {
    return this.#hasBegun && this.#pageState === undefined && this.#open === undefined
  }

  async #readPage(): Promise<void> {
    if (this.#current === undefined) return
    const rows = this.#hasBegun ? pageRows : firstRows
    this.#groups = []
    this.#at = 0
    const page = await this.#reader.page(this.#current, rows, this.#pageState)
    this.#hasBegun = true
    this.#pageState = page.pageState
    for (const row of page.rows) this.#add(row)
    if (page.pageState === undefined) this.#closeGroup()
  }

  #add({ startMicros, traceId }: IndexRow): void {
    if (this.#open !== undefined && this.#open.startMicros !== startMicros) this.#closeGroup()
    this.#open ??= { startMicros, traceIds: new Set() }
    this.#open.traceIds.add(traceId)
  }

  #closeGroup(): void {
    if (this.#open === undefined) return
    this.#groups.push({ ...this.#open, isWhole: this.#isWhole })
    this.#open = undefined
  }
}
