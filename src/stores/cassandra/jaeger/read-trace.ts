import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import { tracePartBytesMax } from '../../../ports/span-store.ts'
import { isTimeout } from '../cluster-failure.ts'
import type { ClusterSession, Page } from '../cluster-session.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { batchOfRows } from './read-rows.ts'
import type { SpanRow } from './rows.ts'
import { selectTrace } from './statements/select-trace.ts'

/** How a trace is read. */
export interface TraceReader {
  readonly session: ClusterSession
  /** Waits for each page; may throw. */
  readonly wait: <Result>(work: Promise<Result>) => Promise<Result>
  /** Told of rows that are no spans. */
  readonly onDamaged: (error: GatewayError) => void
}

const pageRowsFirst = 16
const pageRowsMax = 1000
/** Small rows say little of those behind them, which may have some MiB each. */
const pageGrowthMax = 4
/** What a page should have; of the first one nothing is known. */
const pageBytes = 1024 * 1024

/** The spans of a trace as its rows say, part by part, at most a page in memory. */
export async function* readTraceRows(
  { session, wait, onDamaged }: TraceReader,
  traceId: Uint8Array,
): AsyncGenerator<SpanBatch> {
  const statement = bound(selectTrace, Buffer.from(traceId))
  let pageState: string | undefined
  let pageRows = pageRowsFirst
  do {
    const page = await readPage(session, statement, pageRows, pageState, wait)
    pageState = page.pageState
    let sizeBytes = 1
    for (const batch of partsOf(page.rows.map(rowOf), onDamaged)) {
      sizeBytes += batch.bytes.length
      yield batch
    }
    const fitting = Math.floor((pageBytes * page.rows.length) / sizeBytes)
    pageRows = Math.max(1, Math.min(pageRowsMax, page.rows.length * pageGrowthMax, fitting))
  } while (pageState !== undefined)
}

/** A page with fewer rows, where so many are too much for the time that there is. */
async function readPage(
  session: ClusterSession,
  statement: Bound,
  rows: number,
  pageState: string | undefined,
  wait: TraceReader['wait'],
): Promise<Page> {
  for (let most = rows; ; most = Math.ceil(most / 2)) {
    try {
      return await wait(session.page('Cannot read trace', statement, most, pageState))
    } catch (error) {
      if (most === 1 || !isTimeout(error)) throw error
    }
  }
}

/** Rows as batches, each at most a part's length unless one span is longer. */
function* partsOf(
  rows: readonly SpanRow[],
  onDamaged: TraceReader['onDamaged'],
): Generator<SpanBatch, void, undefined> {
  if (rows.length === 0) return
  const { batch, rejected } = batchOfRows(rows)
  if (batch.bytes.length > tracePartBytesMax && rows.length > 1) {
    const half = rows.length >>> 1
    yield* partsOf(rows.slice(0, half), onDamaged)
    yield* partsOf(rows.slice(half), onDamaged)
    return
  }
  for (const { message } of rejected) {
    onDamaged(new GatewayError('store_corrupt', `Cannot read a row of traces: ${message}`))
  }
  if (spanCount(batch) > 0) yield batch
}

function rowOf(row: Page['rows'][number]): SpanRow {
  return {
    traceId: row['trace_id'],
    spanId: row['span_id'],
    spanHash: row['span_hash'],
    parentId: row['parent_id'] ?? 0n,
    operationName: row['operation_name'] ?? '',
    flags: row['flags'] ?? 0,
    startMicros: row['start_time'] ?? 0n,
    durationMicros: row['duration'] ?? 0n,
    tags: row['tags'] ?? [],
    logs: row['logs'] ?? [],
    refs: row['refs'] ?? [],
    process: row['process'] ?? { service_name: null, tags: null },
  }
}
