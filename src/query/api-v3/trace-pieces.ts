import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { resourceSpansJson } from '../../../bridge/otlp/resource-spans-json.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type {
  SearchBound,
  SpanStore,
  SummariesEnd,
  TraceRef,
  TraceSummary,
} from '../../ports/span-store.ts'
import { boundText } from '../../search/bound-text.ts'
import type { BodyPiece, BodyPieces } from '../../transport/http-route.ts'
import type { Page } from '../http/cursor.ts'
import { pageOf } from '../http/cursor.ts'
import { endMembers } from '../http/end-members.ts'
import type { SearchSource } from '../text-or-conditions.ts'
import { findSearched } from '../text-or-conditions.ts'
import { summaryJson } from './found-summaries.ts'

/**
 * One trace as OTLP JSON in the envelope of Jaeger's gateway. Where parts of it were removed, the bound
 * for which they were is beside it.
 *
 * @throws GatewayError 'not_found' when there is no span of it
 */
export async function* tracePieces(
  store: SpanStore,
  tenant: string,
  trace: TraceRef,
  signal: AbortSignal,
): BodyPieces {
  const result = new ResultText()
  for await (const part of store.trace(tenant, trace, signal)) {
    for (const piece of partPieces(result, part)) yield piece
  }
  yield result.end(await store.lostParts(tenant, trace.traceId))
}

/**
 * The traces of a search, their spans in one list. A limit that cut the search short is beside them.
 *
 * @throws GatewayError 'not_found' when there is none, as with Jaeger
 */
export async function* foundTracePieces(source: SearchSource, page: Page): BodyPieces {
  const result = new ResultText()
  let count = page.skip
  const traces = findSearched(source, page.query)
  for await (const found of pageOf(traces, page.skip)) {
    if (found.kind === 'end') {
      yield result.end(found.bound ?? page.boundAt(count), page.nextCursor(count))
      continue
    }
    count += 1
    for await (const part of found.parts()) {
      for (const piece of partPieces(result, part)) yield piece
    }
  }
}

/** `{"result":{"resourceSpans":[...]}}`, part by part. */
class ResultText {
  #isBegun = false

  /** What is before a part with spans; `resourceSpansJson` has the part itself. */
  before(): string {
    const before = this.#isBegun ? ',' : '{"result":{"resourceSpans":['
    this.#isBegun = true
    return before
  }

  end(bound: SearchBound | undefined, nextCursor?: string): string {
    if (this.#isBegun) return `]}${endMembers(bound, nextCursor)}}`
    const why = bound === undefined ? '' : `, ${boundText(bound)} ended the search`
    throw new GatewayError('not_found', `No traces found${why}`)
  }
}

function* partPieces(result: ResultText, part: SpanBatch): Generator<BodyPiece, void, undefined> {
  if (spanCount(part) === 0) return
  yield result.before()
  yield* resourceSpansJson(part)
}

/** `{"summaries":[...]}`, each as it is found. */
export async function* summaryPieces(
  summaries: AsyncIterable<TraceSummary | SummariesEnd>,
  page: Page,
): BodyPieces {
  yield '{"summaries":['
  let count = page.skip
  for await (const summary of pageOf(summaries, page.skip)) {
    if (summary.kind === 'end') {
      yield `]${endMembers(summary.bound ?? page.boundAt(count), page.nextCursor(count))}}`
      return
    }
    yield (count > page.skip ? ',' : '') + JSON.stringify(summaryJson(summary))
    count += 1
  }
  yield ']}'
}
