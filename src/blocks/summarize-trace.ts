import { StatusCode } from '../../bridge/model/span.ts'
import type { ServiceSummary, TraceSummary } from '../ports/span-store.ts'
import { TraceSummarizer } from '../search/summarize-trace.ts'
import type { BlockView } from './block-view.ts'
import type { TraceKey } from './read-trace.ts'
import { spansOfTrace } from './read-trace.ts'
import { readingPieces } from './reading-pieces.ts'
import { SpanIdSet } from './span-id-set.ts'

/**
 * The summary of a trace over all blocks that hold parts of it; undefined when none does.
 *
 * Columns are enough as long as no span id comes twice, which may be a repeat of the same span, and
 * no time is beyond what columns hold: then the spans themselves are read, and src/search decides.
 *
 * Yields after every piece of some hundred spans how many it has added up since.
 *
 * @param blocks asked once, and again when columns are not enough
 */
export function* summarizeTrace(
  blocks: () => Iterable<BlockView>,
  key: TraceKey,
): Generator<number, TraceSummary | undefined> {
  const counts = new ColumnCounts()
  for (const block of blocks()) {
    const spans = spansOfTrace(block, key)
    for (let first = 0; first < spans.length; first += spansPerPiece) {
      const some = spans.slice(first, first + spansPerPiece)
      if (!counts.add(block, some)) return yield* summarizeSpans(blocks, key)
      yield some.length
    }
  }
  return yield* counts.summary(key.traceId)
}

function* summarizeSpans(
  blocks: () => Iterable<BlockView>,
  key: TraceKey,
): Generator<number, TraceSummary | undefined> {
  const summarizer = new TraceSummarizer()
  for (const block of blocks()) {
    for (const some of readingPieces(block, spansOfTrace(block, key))) {
      summarizer.add(block.batchOf(some, 0))
      yield some.length
    }
  }
  return summarizer.empty ? undefined : summarizer.summary(key.traceId)
}

/** Spans that are added up by their columns at a time. */
const spansPerPiece = 512

/** A moment as whole µs and the ns beyond, so that no bigint is made for each span. */
interface Moment {
  micros: number
  nanos: number
}

class ColumnCounts {
  readonly #spanIds = new SpanIdSet()
  /** The upper and the lower half of each parent that is named. */
  readonly #parents: number[] = []
  readonly #services = new Map<string, { spanCount: number; errorSpanCount: number }>()
  readonly #start: Moment = { micros: Number.POSITIVE_INFINITY, nanos: 0 }
  readonly #end: Moment = { micros: 0, nanos: 0 }
  #root: Root | undefined

  /** @returns false when columns are not enough for these spans */
  add(block: BlockView, spans: readonly number[]): boolean {
    const { ownStarts, spanIds, parentIds, nanoRemainders } = block.ids
    const { durations, groups, whats } = block.columns
    const { groups: blockGroups, whats: blockWhats } = block
    const ids = new DataView(spanIds.buffer, spanIds.byteOffset, spanIds.byteLength)
    const parents = new DataView(parentIds.buffer, parentIds.byteOffset, parentIds.byteLength)
    for (const span of spans) {
      const micros = ownStarts[span] as number
      const duration = durations[span] as number
      if (micros + duration >= Number.MAX_SAFE_INTEGER) return false
      if (!this.#spanIds.add(ids.getUint32(span * 8), ids.getUint32(span * 8 + 4))) return false
      const nanos = (nanoRemainders[span] as number) % 1000
      this.#widen(micros, nanos, duration, Math.floor((nanoRemainders[span] as number) / 1000))
      const service = blockGroups[groups[span] as number]?.service ?? ''
      const what = blockWhats[whats[span] as number]
      this.#count(service, what?.statusCode === StatusCode.error)
      const high = parents.getUint32(span * 8)
      const low = parents.getUint32(span * 8 + 4)
      if (high !== 0 || low !== 0) this.#parents.push(high, low)
      else {
        const spanId = ids.getBigUint64(span * 8)
        this.#offerRoot({ micros, nanos, spanId, service, operation: what?.name ?? '' })
      }
    }
    return true
  }

  /** Undefined when nothing was added. Yields as `summarizeTrace`. */
  *summary(traceId: Uint8Array): Generator<number, TraceSummary | undefined> {
    if (this.#spanIds.size === 0) return undefined
    const orphanSpanCount = yield* this.#countOrphans()
    const services = Array.from(
      this.#services,
      ([name, counts]): ServiceSummary => ({ name, ...counts }),
    )
    return {
      kind: 'summary',
      traceId,
      rootServiceName: this.#root?.service ?? '',
      rootOperationName: this.#root?.operation ?? '',
      minStartUnixNano: nanosOf(this.#start),
      maxEndUnixNano: nanosOf(this.#end),
      spanCount: this.#spanIds.size,
      errorSpanCount: services.reduce((sum, { errorSpanCount }) => sum + errorSpanCount, 0),
      orphanSpanCount,
      services: services.sort((left, right) => (left.name < right.name ? -1 : 1)),
    }
  }

  *#countOrphans(): Generator<number, number> {
    const parents = this.#parents
    let count = 0
    for (let at = 0; at < parents.length; at += 2) {
      if (!this.#spanIds.has(parents[at] as number, parents[at + 1] as number)) count += 1
      if (at % (spansPerPiece * 8) === 0) yield 0
    }
    return count
  }

  #widen(micros: number, nanos: number, duration: number, restNanos: number): void {
    const start = this.#start
    if (micros < start.micros || (micros === start.micros && nanos < start.nanos)) {
      start.micros = micros
      start.nanos = nanos
    }
    const carry = nanos + restNanos >= 1000 ? 1 : 0
    const endMicros = micros + duration + carry
    const endNanos = nanos + restNanos - carry * 1000
    const end = this.#end
    if (endMicros > end.micros || (endMicros === end.micros && endNanos > end.nanos)) {
      end.micros = endMicros
      end.nanos = endNanos
    }
  }

  #count(service: string, isError: boolean): void {
    const counts = this.#services.get(service) ?? { spanCount: 0, errorSpanCount: 0 }
    this.#services.set(service, counts)
    counts.spanCount += 1
    if (isError) counts.errorSpanCount += 1
  }

  #offerRoot(root: Root): void {
    if (this.#root === undefined || comesFirst(root, this.#root)) this.#root = root
  }
}

interface Root extends Moment {
  readonly spanId: bigint
  readonly service: string
  readonly operation: string
}

/** As src/search decides between several roots; their ids differ here. */
function comesFirst(left: Root, right: Root): boolean {
  if (left.micros !== right.micros) return left.micros < right.micros
  if (left.nanos !== right.nanos) return left.nanos < right.nanos
  return left.spanId < right.spanId
}

function nanosOf({ micros, nanos }: Moment): bigint {
  return BigInt(micros) * 1000n + BigInt(nanos)
}
