import { setImmediate } from 'node:timers/promises'
import { TraceText } from '../../../bridge/jaeger-json/trace-text.ts'
import { shortTraceIdText } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SpanStore, TraceRef } from '../../ports/span-store.ts'
import { boundText } from '../bound-text.ts'
import { joined } from '../http/json-pieces.ts'
import type { EnvelopeError } from './envelope.ts'

/** Where the traces of one request come from. */
export interface TraceTextSource {
  readonly store: SpanStore
  readonly tenant: string
  readonly signal: AbortSignal
}

/** JSON of a list of traces, bit by bit, and what failed of it. */
export type TraceTexts = AsyncGenerator<string, readonly EnvelopeError[], void>

/** Traces by their ids; one that is not there is an error of the list. */
export async function* tracesByIds(
  { store, tenant, signal }: TraceTextSource,
  traces: readonly TraceRef[],
): TraceTexts {
  const errors: EnvelopeError[] = []
  let isFirst = true
  for (const trace of traces) {
    let found = false
    for await (const text of oneTrace(trace.traceId, store.trace(tenant, trace, signal), () =>
      lostWarnings(store, tenant, trace.traceId),
    )) {
      yield found || isFirst ? text : `,${text}`
      found = true
      isFirst = false
    }
    if (found) continue
    errors.push({ msg: 'trace not found', traceID: shortTraceIdText(trace.traceId) })
  }
  return errors
}

/** Traces that a search finds. A limit that cut it short is an error of the list. */
export async function* tracesFound(
  { store, tenant, signal }: TraceTextSource,
  query: SpanQuery,
): TraceTexts {
  let isFirst = true
  for await (const found of store.find(tenant, query, signal)) {
    if (found.kind === 'end') {
      const { bound } = found
      if (bound === undefined) return []
      return [
        { msg: `the search ended at its limit ${boundText(bound)}, older traces are missing` },
      ]
    }
    let isBegun = false
    for await (const text of oneTrace(found.traceId, found.parts(), async () => [])) {
      yield isBegun || isFirst ? text : `,${text}`
      isBegun = true
      isFirst = false
    }
  }
  return []
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
  return []
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
