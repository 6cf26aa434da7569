import { setImmediate } from 'node:timers/promises'
import { ProcessTexts, TraceJson } from '../../../bridge/jaeger-json/trace-json.ts'
import { shortTraceIdText } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import type { SearchBound, SpanStore, TraceRef } from '../../ports/span-store.ts'
import { boundText } from '../../search/bound-text.ts'
import type { Page } from '../http/cursor.ts'
import { pageOf } from '../http/cursor.ts'
import { findSearched } from '../text-or-conditions.ts'
import type { TextSearches } from '../text-searches.ts'
import type { EnvelopeError, ListEnd, TracePieces } from './envelope.ts'

/** Where the traces of one request come from. */
export interface PieceSource {
  readonly store: SpanStore
  readonly texts: TextSearches
  readonly tenant: string
  readonly signal: AbortSignal
}

/** Traces by their ids; one that is not there is an error of the list. */
export async function* tracesByIds(
  { store, tenant, signal }: PieceSource,
  traces: readonly TraceRef[],
): TracePieces {
  const errors: EnvelopeError[] = []
  const processes = new ProcessTexts()
  let isFirst = true
  for (const trace of traces) {
    let found = false
    let separator = isFirst ? '' : ','
    const { traceId } = trace
    const parts = store.trace(tenant, trace, signal)
    const warnings = () => lostWarnings(store, tenant, traceId)
    for await (const piece of oneTrace({ traceId, parts, processes, warnings })) {
      if (separator !== '') yield separator
      separator = ''
      yield piece
      found = true
      isFirst = false
    }
    if (found) continue
    errors.push({ msg: 'trace not found', traceID: shortTraceIdText(traceId) })
  }
  return { errors }
}

/** Traces that a search finds, of one page. A limit that cut it short is an error of the list. */
export async function* tracesFound(source: PieceSource, page: Page): TracePieces {
  const processes = new ProcessTexts()
  let count = page.skip
  let isFirst = true
  const found = findSearched(source, page.query)
  for await (const entry of pageOf(found, page.skip)) {
    if (entry.kind === 'end') return endOf(entry.bound ?? page.boundAt(count), page, count)
    let separator = isFirst ? '' : ','
    const { traceId } = entry
    for await (const piece of oneTrace({ traceId, parts: entry.parts(), processes })) {
      if (separator !== '') yield separator
      separator = ''
      yield piece
      isFirst = false
    }
    count += 1
  }
  return { errors: [] }
}

function endOf(bound: SearchBound | undefined, page: Page, count: number): ListEnd {
  const nextCursor = page.nextCursor(count)
  if (bound === undefined) return { errors: [], nextCursor }
  const msg = `the search ended at its limit ${boundText(bound)}, older traces are missing`
  return { errors: [{ msg }], nextCursor }
}

/** The traces of a batch, which is in memory. Others get their turn between two of them. */
export async function* tracesIn(batch: SpanBatch): TracePieces {
  const processes = new ProcessTexts()
  let isFirst = true
  for (const spans of spansByTrace(batch).values()) {
    const part = selectSpans(batch, spans)
    if (!isFirst) yield ','
    yield* oneTrace({ traceId: traceIdBytes(part, 0), parts: onlyPart(part), processes })
    isFirst = false
    await setImmediate()
  }
  return { errors: [] }
}

async function* onlyPart(part: SpanBatch): AsyncGenerator<SpanBatch, void, void> {
  yield part
}

/** What one trace is written from. */
interface TraceToWrite {
  readonly traceId: Uint8Array
  readonly parts: AsyncIterable<SpanBatch>
  /** Of all traces of the answer. */
  readonly processes: ProcessTexts
  /** What is to be told of it, asked for at its end. */
  readonly warnings?: () => Promise<readonly string[]>
}

/** One trace in pieces; none when there is no span of it. */
async function* oneTrace({
  traceId,
  parts,
  processes,
  warnings = async () => [],
}: TraceToWrite): AsyncGenerator<Uint8Array, void, void> {
  let trace: TraceJson | undefined
  for await (const part of parts) {
    if (spanCount(part) === 0) continue
    trace ??= new TraceJson(shortTraceIdText(traceId), part.bytes.length, processes)
    for (const piece of trace.spans(part)) yield piece
  }
  if (trace !== undefined) yield trace.end(await warnings())
}

async function lostWarnings(
  store: SpanStore,
  tenant: string,
  traceId: Uint8Array,
): Promise<readonly string[]> {
  const bound = await store.lostParts(tenant, traceId)
  return bound === undefined ? [] : [`spans of this trace were removed, for ${boundText(bound)}`]
}
