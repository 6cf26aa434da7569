import type Database from 'better-sqlite3'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, startMicros, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SearchBound } from '../../ports/span-store.ts'
import { indexedStartMicros } from '../../search/indexed-start.ts'
import { compileFilter } from '../../search/match-span.ts'
import type { RankedTrace } from '../../search/newest-traces.ts'
import { NewestTraces } from '../../search/newest-traces.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { SearchMeter } from '../../search/search-meter.ts'
import { decodeBody } from './part-row.ts'
import { rowConditions } from './row-conditions.ts'

/** A search over one tenant. */
export interface WindowWalk {
  readonly tenant: string
  readonly query: SpanQuery
  readonly bounds: SearchBounds
  readonly keptSinceUnixMs: number
}

/** What a walk found, and the bound that ended it early, if any. */
export interface WalkResult {
  readonly traces: readonly RankedTrace[]
  readonly bound: SearchBound | undefined
}

interface WindowRow {
  readonly id: number
  readonly startMax: number
  readonly retention: number
}

interface BodyRow {
  readonly arrival: number
  readonly body: Uint8Array
}

/** After so many rows the walk asks whether it may stop, and lets others run. */
const rowsPerTurn = 16

/**
 * Walks the rows of the window by their largest indexed start, newest first, in one snapshot. It
 * ends when the limit-th newest trace is strictly newer than whatever the unread rows can hold:
 * none of them can then add a trace, raise one of those found, or come first in a tie.
 *
 * Yields between turns, so that the thread can do something else or stop.
 */
export function* walkWindow(
  database: Database.Database,
  walk: WindowWalk,
): Generator<undefined, WalkResult> {
  database.exec('BEGIN')
  try {
    return yield* walkRows(database, walk)
  } finally {
    database.exec('COMMIT')
  }
}

function* walkRows(
  database: Database.Database,
  walk: WindowWalk,
): Generator<undefined, WalkResult> {
  const { tenant, query, bounds, keptSinceUnixMs } = walk
  const { serviceBits, ...limits } = rowConditions(query)
  const meter = new SearchMeter(bounds)
  const newest = new NewestTraces(query.limit)
  const matcher = new RowMatcher(query, newest)
  const body = database.prepare<[number], BodyRow>('SELECT arrival, body FROM part WHERE id = ?')
  const rows = database
    .prepare<unknown[], WindowRow>(windowSql(serviceBits.length))
    .iterate(
      tenant,
      limits.startMinMicros,
      limits.startMaxMicros,
      limits.durationMinMicros,
      keptSinceUnixMs,
      ...serviceBits,
    )
  let turn = 0
  for (const row of rows) {
    // In a window that ends earlier, a row's later spans do not count.
    const reach = Math.min(row.startMax, limits.startMaxMicros - 1)
    if (++turn % rowsPerTurn === 0) {
      newest.floorMicros()
      const bound = meter.hit()
      if (bound !== undefined) return { traces: newest.ranked(), bound }
      yield
    }
    if (!newest.wants(reach)) break
    const stored = body.get(row.id)
    if (stored === undefined) continue
    const batch = decodeBody(stored.body, stored.arrival)
    meter.add(spanCount(batch))
    matcher.offer(batch, row.retention)
  }
  return { traces: newest.ranked(), bound: undefined }
}

function windowSql(serviceBitCount: number): string {
  return `SELECT id, start_max AS startMax, retention FROM part INDEXED BY part_window
    WHERE tenant = ? AND start_max >= ? AND start_min < ? AND duration_max >= ? AND arrival >= ?
    ${'AND service_bits & ? != 0 '.repeat(serviceBitCount)} ORDER BY start_max DESC`
}

/** Offers the matching spans of one row after the other. */
class RowMatcher {
  readonly #newest: NewestTraces
  readonly #minMicros: number
  readonly #maxMicros: number
  readonly #matches: (batch: SpanBatch, span: number) => boolean

  constructor(query: SpanQuery, newest: NewestTraces) {
    this.#newest = newest
    this.#minMicros = query.minMicros ?? Number.NEGATIVE_INFINITY
    this.#maxMicros = query.maxMicros ?? Number.POSITIVE_INFINITY
    this.#matches = compileFilter(query.filter)
  }

  offer(batch: SpanBatch, retentionMs: number): void {
    const { arrivalUnixMs } = batch
    for (let span = 0; span < spanCount(batch); span++) {
      const start = startMicros(batch, span)
      const indexed = indexedStartMicros({ startMicros: start, arrivalUnixMs, retentionMs })
      if (indexed < this.#minMicros || indexed >= this.#maxMicros) continue
      if (!this.#newest.wants(indexed) || !this.#matches(batch, span)) continue
      this.#newest.offer(traceIdBytes(batch, span), indexed)
    }
  }
}
