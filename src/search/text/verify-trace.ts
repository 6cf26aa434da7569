import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SearchBound, TraceSummary } from '../../ports/span-store.ts'
import { compileQuery } from '../match-query.ts'
import type { RankedTrace } from '../newest-traces.ts'
import { SpanCursor } from '../span-cursor.ts'
import { factsOf, SpansetEvaluator } from './evaluate-trace.ts'
import type { SelectedValue } from './selected-values.ts'
import { lengthOfValue, selectedValues, shortText } from './selected-values.ts'
import type { TextSearchBounds } from './text-bounds.ts'
import { traceBytesSetting, traceSpansSetting } from './text-bounds.ts'
import type { TextSearch, TextSearchOptions } from './text-search.ts'
import { TimeSlice } from './time-slice.ts'
import { TraceSpans } from './trace-spans.ts'

/** A span of a result, in short. */
export interface MatchedSpan {
  /** 8 bytes. */
  readonly spanId: Uint8Array
  /** 8 bytes; undefined for a root. */
  readonly parentSpanId: Uint8Array | undefined
  readonly service: string
  readonly name: string
  /** Numbers as on the OTLP wire. */
  readonly kind: number
  readonly statusCode: number
  readonly startUnixNano: bigint
  readonly endUnixNano: bigint
  readonly selected: readonly SelectedValue[]
}

/** A trace of an answer; its rank is that of its result's newest span. */
export interface MatchedTrace extends RankedTrace {
  readonly summary: TraceSummary
  /** Spans of the result in the window. */
  readonly matchedCount: number
  /** The first of them in order of start, as many as were asked for unless their texts are very long. */
  readonly spans: readonly MatchedSpan[]
}

/** Asks whole traces whether they match. */
export class TraceVerifier {
  readonly #search: TextSearch
  readonly #spanset: SpansetEvaluator
  readonly #slice: TimeSlice
  readonly #bounds: TextSearchBounds
  readonly #window: ReturnType<typeof compileQuery>
  /** The bound for which a trace was not looked at whole, if one was. */
  bound: SearchBound | undefined

  constructor(search: TextSearch, { bounds, retentionMs, signal }: TextSearchOptions) {
    this.#search = search
    this.#slice = new TimeSlice(signal)
    this.#spanset = new SpansetEvaluator(search.compiled.spanset, this.#slice)
    this.#bounds = bounds
    const { minMicros, maxMicros, limit } = search
    this.#window = compileQuery(
      {
        ...(minMicros !== undefined && { minMicros }),
        ...(maxMicros !== undefined && { maxMicros }),
        limit,
      },
      retentionMs,
    )
  }

  /** Undefined when no span of the result is in the window. */
  async verify(
    traceId: Uint8Array,
    parts: AsyncIterable<SpanBatch>,
  ): Promise<MatchedTrace | undefined> {
    const trace = await this.#read(parts)
    const summary = trace.summary(traceId)
    const set = await this.#spanset.spansOf(trace, summary)
    const found: { readonly span: number; readonly micros: number }[] = []
    for (let span = 0; span < set.length; span++) {
      if (set[span] === 0) continue
      const { batch, index } = trace.placeOf(span)
      const micros = this.#window.indexedMicros(batch, index)
      if (micros !== undefined) found.push({ span, micros })
    }
    if (found.length === 0) return undefined
    found.sort((left, right) => left.micros - right.micros)
    const { selected } = this.#search.compiled
    const children = selected.length === 0 ? undefined : trace.childCounts()
    const facts = factsOf(summary)
    const valuesOf = (span: number): readonly SelectedValue[] =>
      selectedValues(trace, span, selected, {
        ...facts,
        'span:childCount': children?.[span] ?? 0,
      })
    const shown: MatchedSpan[] = []
    let textLength = 0
    for (const { span } of found.slice(0, this.#search.spansMax)) {
      const matched = matchedSpan(trace, span, valuesOf(span))
      textLength += lengthOfSpan(matched)
      if (textLength > shownTextMax && shown.length > 0) break
      shown.push(matched)
    }
    return {
      traceId: hexOf(traceId),
      newestMatchMicros: found.at(-1)?.micros ?? 0,
      summary,
      matchedCount: found.length,
      spans: shown,
    }
  }

  async #read(parts: AsyncIterable<SpanBatch>): Promise<TraceSpans> {
    const { traceSpansMax, traceBytesMax } = this.#bounds
    const trace = new TraceSpans()
    let sizeBytes = 0
    for await (const part of parts) {
      const left = traceSpansMax - trace.count
      trace.add(part, left)
      sizeBytes += part.bytes.length
      if (this.#slice.isOver) await this.#slice.pause()
      if (spanCount(part) > left) {
        this.bound = { setting: traceSpansSetting, limit: traceSpansMax }
        break
      }
      if (sizeBytes > traceBytesMax) {
        this.bound = { setting: traceBytesSetting, limit: traceBytesMax }
        break
      }
    }
    return trace
  }
}

function matchedSpan(
  trace: TraceSpans,
  at: number,
  selected: readonly SelectedValue[],
): MatchedSpan {
  const { batch, index } = trace.placeOf(at)
  const cursor = new SpanCursor()
  cursor.move(batch, index)
  const span = cursor.span()
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    service: shortText(cursor.service()),
    name: shortText(span.name),
    kind: span.kind,
    statusCode: span.status?.code ?? 0,
    startUnixNano: span.startUnixNano,
    endUnixNano: span.endUnixNano,
    selected,
  }
}

/** Characters of the spans of one trace, so that a message of them stays small. */
const shownTextMax = 256 * 1024

/** About how long a span of a result is in a message. */
export function lengthOfSpan({ service, name, selected }: MatchedSpan): number {
  const values = selected.map((one) => one.name.length + lengthOfValue(one.value))
  return service.length + name.length + values.reduce((sum, length) => sum + length, 0)
}
