import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount, spanIdBytes } from '../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../bridge/model/span-identity.ts'
import { selectSpans } from '../../bridge/otlp/select-spans.ts'
import { tracePartBytesMax } from '../ports/span-store.ts'
import { IdentitySet } from '../search/identity-set.ts'
import type { BlockView } from './block-view.ts'
import { isKept } from './kept-spans.ts'
import { findTrace } from './trace-dictionary.ts'

/** Which trace to read. */
export interface TraceKey {
  /** 16 bytes. */
  readonly traceId: Uint8Array
  /** Spans that arrived before this are expired, ms since the epoch. */
  readonly keptSinceUnixMs: number
}

/**
 * The spans of a trace, part by part, each identity once. A part is at most `tracePartBytesMax`,
 * unless one span is longer, and holds spans of one block, with the latest of their arrivals.
 *
 * @throws GatewayError 'store_corrupt' when a block cannot be read
 */
export function* traceParts(blocks: Iterable<BlockView>, key: TraceKey): Iterable<SpanBatch> {
  const seen = new IdentitySet()
  for (const block of blocks) {
    for (const spans of partsOf(block, spansOfTrace(block, key))) {
      const batch = block.batchOf(spans, latestArrival(block, spans))
      const fresh = freshSpans(batch, seen)
      if (fresh.length === spanCount(batch)) yield batch
      else if (fresh.length > 0) yield selectSpans(batch, fresh)
    }
  }
}

/** The spans of a block that belong to the trace and are not expired, ascending. */
export function spansOfTrace(block: BlockView, { traceId, keptSinceUnixMs }: TraceKey): number[] {
  const trace = findTrace(block.traceIds, traceId)
  if (trace < 0) return []
  const kept = isKept(block, keptSinceUnixMs)
  const { traces } = block.columns
  const found: number[] = []
  for (let span = traces.indexOf(trace); span >= 0; span = traces.indexOf(trace, span + 1)) {
    if (kept(span)) found.push(span)
  }
  return found
}

/** Cuts spans into runs of at most one part's bytes, resources and scopes counted. */
function* partsOf(block: BlockView, spans: readonly number[]): Iterable<readonly number[]> {
  const { lengths } = block.ids
  const { groups } = block.columns
  let part: number[] = []
  let size = 0
  let counted = new Set<number>()
  for (const span of spans) {
    const group = groups[span] as number
    let added = lengths[span] as number
    if (!counted.has(group)) added += groupBytes(block, group)
    if (part.length > 0 && size + added > tracePartBytesMax) {
      yield part
      part = []
      size = 0
      counted = new Set()
      added = (lengths[span] as number) + groupBytes(block, group)
    }
    part.push(span)
    counted.add(group)
    size += added
  }
  if (part.length > 0) yield part
}

function groupBytes(block: BlockView, group: number): number {
  return (block.groups[group]?.slices ?? []).reduce((size, { length }) => size + length, 0)
}

function latestArrival(block: BlockView, spans: readonly number[]): number {
  let latest = 0
  let at = 0
  let end = 0
  for (const { spanCount: count, arrivalUnixMs } of block.runs) {
    end += count
    if (at >= spans.length || (spans[at] as number) >= end) continue
    latest = Math.max(latest, arrivalUnixMs)
    while (at < spans.length && (spans[at] as number) < end) at++
  }
  return latest
}

/** The spans of a batch whose identity comes for the first time. */
export function freshSpans(batch: SpanBatch, seen: IdentitySet): number[] {
  const fresh: number[] = []
  for (let span = 0; span < spanCount(batch); span++) {
    const id = spanIdBytes(batch, span)
    const number = new DataView(id.buffer, id.byteOffset, id.byteLength).getBigUint64(0)
    if (seen.add(number, spanIdentity(batch, span))) fresh.push(span)
  }
  return fresh
}
