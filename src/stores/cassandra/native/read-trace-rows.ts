import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import { decodePart } from './part-codec.ts'
import { selectTraceParts } from './statements/select-trace-parts.ts'

/** Which trace is read. */
export interface TraceRows {
  readonly tenant: string
  readonly traceId: Uint8Array
  /** Parts that arrived before this are expired, ms since the epoch. */
  readonly keptSinceUnixMs: number
  /** Called after each page is asked for; waits for it, or throws. */
  readonly wait: <Result>(work: Promise<Result>) => Promise<Result>
}

const pageRowsFirst = 16
const pageRowsMax = 256
/** What a page should have at most; of the first one nothing is known. */
const pageBytes = 4 * 1024 * 1024

/** All parts of a trace as they were stored, repeats included; at most a page of them in memory. */
export async function* readTraceRows(
  session: ClusterSession,
  { tenant, traceId, keptSinceUnixMs, wait }: TraceRows,
): AsyncGenerator<SpanBatch> {
  const splits = [0]
  for (let at = 0; at < splits.length; at++) {
    const statement = bound(selectTraceParts, tenant, traceId, splits[at] as number)
    let pageState: string | undefined
    let pageRows = pageRowsFirst
    do {
      const page = await wait(session.page('Cannot read trace', statement, pageRows, pageState))
      pageState = page.pageState
      let sizeBytes = 1
      for (const row of page.rows) {
        for (const split of row['splits'] ?? []) if (!splits.includes(split)) splits.push(split)
        const spans: Uint8Array | undefined = row['spans'] ?? undefined
        if (spans === undefined) continue
        sizeBytes += spans.length
        const arrivalUnixMs = Number(row['arrival_ms'])
        if (arrivalUnixMs >= keptSinceUnixMs) yield decodePart(spans, arrivalUnixMs)
      }
      const fitting = Math.floor((pageBytes * page.rows.length) / sizeBytes)
      pageRows = Math.max(1, Math.min(pageRowsMax, fitting))
    } while (pageState !== undefined)
  }
}
