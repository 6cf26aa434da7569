import type { ClusterSession } from '../cluster-session.ts'
import type { Bound } from '../statement.ts'

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
    const found = page.rows.map((row) => ({
      startMicros: microsOf(row['start_time']),
      traceId: textOf(row['trace_id']),
    }))
    return { rows: found, pageState: page.pageState }
  }

  /** The largest `start_time` of some rows; undefined when there is none. */
  async newest(statement: Bound): Promise<number | undefined> {
    const rows = await this.#wait(this.#session.run(action, statement))
    if (rows.length === 0) return undefined
    return rows.reduce((max, row) => Math.max(max, microsOf(row['start_time'])), 0)
  }

  /** A start as it is compared with; the largest number that we have is any number beyond. */
  startBound(micros: number): bigint {
    return micros >= Number.MAX_SAFE_INTEGER ? 2n ** 63n - 1n : BigInt(micros)
  }
}

const action = 'Cannot search traces'

function microsOf(start: bigint): number {
  return Math.min(Number(start), Number.MAX_SAFE_INTEGER)
}

function textOf(traceId: Buffer): string {
  return traceId.toString('latin1')
}
