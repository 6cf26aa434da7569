import type Database from 'better-sqlite3'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, spanIdBytes } from '../../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../../bridge/model/span-identity.ts'
import { selectSpans } from '../../../bridge/otlp/select-spans.ts'
import { IdentitySet } from '../../search/identity-set.ts'
import { decodeBody } from './part-row.ts'

/** Which trace to read. */
export interface TraceKey {
  readonly tenant: string
  readonly traceId: Uint8Array
  /** Parts that arrived before this are expired, whether they were removed yet or not. */
  readonly keptSinceUnixMs: number
}

interface StoredPart {
  readonly part: Uint8Array
  readonly arrival: number
  readonly body: Uint8Array
}

/** Bodies read in one step, each some 256 KiB at most. */
const rowsPerStep = 4

/**
 * The spans of a trace, part by part, each identity once. Every step is a transaction of its own,
 * so that a slow consumer never holds up the write-ahead log: what was committed before the first
 * step is complete, of what is committed meanwhile some may be there.
 */
export function* readTrace(database: Database.Database, key: TraceKey): Iterable<SpanBatch> {
  const statement = database.prepare<[string, Uint8Array, Uint8Array, number, number], StoredPart>(`
    SELECT part, arrival, body FROM part
    WHERE tenant = ? AND trace = ? AND part > ? AND arrival >= ? ORDER BY part LIMIT ?`)
  const seen = new IdentitySet()
  let after: Uint8Array = new Uint8Array(0)
  for (;;) {
    const { tenant, traceId, keptSinceUnixMs } = key
    const rows = statement.all(tenant, traceId, after, keptSinceUnixMs, rowsPerStep)
    for (const row of rows) {
      const batch = decodeBody(row.body, row.arrival)
      const fresh = freshSpans(batch, seen)
      if (fresh.length === spanCount(batch)) yield batch
      else if (fresh.length > 0) yield selectSpans(batch, fresh)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsPerStep) return
    after = last.part
  }
}

function freshSpans(batch: SpanBatch, seen: IdentitySet): number[] {
  const fresh: number[] = []
  for (let span = 0; span < spanCount(batch); span++) {
    const id = spanIdBytes(batch, span)
    const number = new DataView(id.buffer, id.byteOffset, id.byteLength).getBigUint64(0)
    if (seen.add(number, spanIdentity(batch, span))) fresh.push(span)
  }
  return fresh
}
