import { setImmediate } from 'node:timers/promises'
import { TraceText } from '../../../bridge/jaeger-json/trace-text.ts'
import { shortTraceIdText } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import type { SearchBound, SpanStore, TraceRef } from '../../ports/span-store.ts'
import { boundText } from '../../search/bound-text.ts'
import type { Page } from '../http/cursor.ts'
import { pageOf } from '../http/cursor.ts'
import { joined } from '../http/json-pieces.ts'
import { findSearched } from '../text-or-conditions.ts'
import type { TextSearches } from '../text-searches.ts'
import type { EnvelopeError, ListEnd, TraceTexts } from './envelope.ts'

/** Where the traces of one request come from. */
export interface TraceTextSource {
  readonly store: SpanStore
  readonly texts: TextSearches
  readonly tenant: string
  readonly signal: AbortSignal
}

/** Traces by their ids; one that is not there is an error of the list. */
export async function* tracesByIds(
  { store, tenant, signal }: TraceTextSource,
  traces: readonly TraceRef[],
): TraceTexts {
  const errors: EnvelopeError[] = []
  let isFirst = true
  for (const trace of traces) {
    let found = false
    let separator = isFirst ? '' : ','
    const parts = store.trace(tenant, trace, signal)
    const warnings = () => lostWarnings(store, tenant, trace.traceId)
    for await (const text of oneTrace(trace.traceId, parts, warnings)) {
      yield separator + text
      separator = ''
      found = true
      isFirst = false
    }
    if (found) continue
    errors.push({ msg: 'trace not found', traceID: shortTraceIdText(trace.traceId) })
  }
  return { errors }
}

/** Traces that a search finds, of one page. A limit that cut it short is an error of the list. */
export async function* tracesFound(source: TraceTextSource, page: Page): TraceTexts {
  let count = page.skip
  let isFirst = true
  const found = findSearched(source, page.query)
  for await (const entry of pageOf(found, page.skip)) {
    if (entry.kind === 'end') return endOf(entry.bound ?? page.boundAt(count), page, count)
    let separator = isFirst ? '' : ','
    for await (const text of oneTrace(entry.traceId, entry.parts(), async () => [])) {
      yield separator + text
      separator = ''
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
export async function* tracesIn(batch: SpanBatch): TraceTexts {
  let isFirst = true
  for (const spans of spansByTrace(batch).values()) {
    const part = selectSpans(batch, spans)
    if (!isFirst) yield ','
    yield* oneTrace(traceIdBytes(part, 0), onlyPart(part), async () => [])
    isFirst = false
    await setImmediate()
  }
  return { errors: [] }
}

async function* onlyPart(part: SpanBatch): AsyncGenerator<SpanBatch, void, void> {
  yield part
}

/** The texts of one trace; none when there is no span of it. */
async function* oneTrace(
  traceId: Uint8Array,
  parts: AsyncIterable<SpanBatch>,
  warnings: () => Promise<readonly string[]>,
): AsyncGenerator<string, void, void> {
  const trace = new TraceText()
  let isBegun = false
  for await (const part of parts) {
    if (spanCount(part) === 0) continue
    if (!isBegun) yield trace.begin(shortTraceIdText(traceId))
    isBegun = true
    for (const text of joined(trace.spans(part))) yield text
  }
  if (isBegun) yield trace.end(await warnings())
}

async function lostWarnings(
  store: SpanStore,
  tenant: string,
  traceId: Uint8Array,
): Promise<readonly string[]> {
  const bound = await store.lostParts(tenant, traceId)
  return bound === undefined ? [] : [`spans of this trace were removed, for ${boundText(bound)}`]
}
