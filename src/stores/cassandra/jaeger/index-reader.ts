import type { SpanQuery } from '../../../ports/span-query.ts'
import type { ClusterSession, Page } from '../cluster-session.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { selectTaggedServices } from './statements/select-tagged-services.ts'
import { markerTag } from './tag-index.ts'

/** A row of an index. */
export interface IndexRow {
  /** Whole µs, at most 2^53 - 1. */
  readonly startMicros: number
  /** Latin1 text of the 16 bytes. */
  readonly traceId: string
}

/** Reads index tables for one search. */
export class IndexReader {
  readonly #session: ClusterSession
  readonly #wait: <Result>(work: Promise<Result>) => Promise<Result>

  /** @param wait waits for a read, or throws when the search is over */
  constructor(session: ClusterSession, wait: IndexReader['wait']) {
    this.#session = session
    this.#wait = wait
  }

  get wait(): <Result>(work: Promise<Result>) => Promise<Result> {
    return this.#wait
  }

  /** One page of `start_time` and `trace_id`. */
  async page(
    statement: Bound,
    rows: number,
    pageState?: string,
  ): Promise<{ readonly rows: readonly IndexRow[]; readonly pageState: string | undefined }> {
    const page = await this.#wait(this.#session.page(action, statement, rows, pageState))
    const found: IndexRow[] = []
    for (const row of page.rows) {
      const traceId: Buffer | null = row['trace_id']
      // In two of the tables it is no key, so that a row may be without.
      if (traceId === null) continue
      found.push({ startMicros: microsOf(row['start_time']), traceId: textOf(traceId) })
    }
    return { rows: found, pageState: page.pageState }
  }

  /** The largest `start_time` of some rows; undefined when there is none. */
  async newest(statement: Bound): Promise<number | undefined> {
    const rows = await this.#wait(this.#session.run(action, statement))
    if (rows.length === 0) return undefined
    return rows.reduce((max, row) => Math.max(max, microsOf(row['start_time'])), 0)
  }

  /**
   * Those of some services that may have spans of which the index has not all tags.
   *
   * @param query whose window their starts lie in
   */
  async marked(
    services: readonly string[],
    {
      minMicros = 0,
      maxMicros = Number.MAX_SAFE_INTEGER,
    }: Pick<SpanQuery, 'minMicros' | 'maxMicros'>,
  ): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    const first = BigInt(Math.max(minMicros, 0))
    const last = this.startBound(maxMicros)
    for (let at = 0; at < services.length; at += servicesPerQuery * queriesAhead) {
      const some: Promise<Page['rows']>[] = []
      const end = Math.min(services.length, at + servicesPerQuery * queriesAhead)
      for (let from = at; from < end; from += servicesPerQuery) {
        const names = services.slice(from, Math.min(end, from + servicesPerQuery))
        some.push(
          this.#session.run(action, bound(selectTaggedServices, names, markerTag, first, last)),
        )
      }
      for (const rows of await this.#wait(Promise.all(some))) {
        for (const row of rows) found.add(row['service_name'])
      }
    }
    return found
  }

  /** A start as it is compared with; the largest number that we have is any number beyond. */
  startBound(micros: number): bigint {
    return micros >= Number.MAX_SAFE_INTEGER ? 2n ** 63n - 1n : BigInt(micros)
  }
}

/** Servers may be told to refuse more partitions in one statement. */
const servicesPerQuery = 16
const queriesAhead = 16
const action = 'Cannot search traces'

function microsOf(start: bigint): number {
  return Math.min(Number(start), Number.MAX_SAFE_INTEGER)
}

function textOf(traceId: Buffer): string {
  return traceId.toString('latin1')
}
