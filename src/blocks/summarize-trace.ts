import { StatusCode } from '../../bridge/model/span.ts'
import type { ServiceSummary, TraceSummary } from '../ports/span-store.ts'
import { TraceSummarizer } from '../search/summarize-trace.ts'
import type { BlockView } from './block-view.ts'
import type { TraceKey } from './read-trace.ts'
import { spansOfTrace, traceParts } from './read-trace.ts'

/**
 * The summary of a trace over all blocks that hold parts of it; undefined when none does.
 *
 * Columns are enough as long as no span id comes twice, which may be a repeat of the same span, and
 * no time is beyond what columns hold: then the spans themselves are read, and src/search decides.
 */
export function summarizeTrace(
  blocks: readonly BlockView[],
  key: TraceKey,
): TraceSummary | undefined {
  const members = blocks
    .map((block) => ({ block, spans: spansOfTrace(block, key) }))
    .filter(({ spans }) => spans.length > 0)
  if (members.length === 0) return undefined
  const counts = new ColumnCounts()
  for (const { block, spans } of members)
    if (!counts.add(block, spans)) return fromSpans(blocks, key)
  return counts.summary(key.traceId)
}

function fromSpans(blocks: readonly BlockView[], key: TraceKey): TraceSummary | undefined {
  const summarizer = new TraceSummarizer()
  for (const part of traceParts(blocks, key)) summarizer.add(part)
  return summarizer.empty ? undefined : summarizer.summary(key.traceId)
}

/** A moment as whole µs and the ns beyond, so that no bigint is made for each span. */
interface Moment {
  micros: number
  nanos: number
}

class ColumnCounts {
  readonly #spanIds = new Set<bigint>()
  readonly #parents: bigint[] = []
  readonly #services = new Map<string, { spanCount: number; errorSpanCount: number }>()
  readonly #start: Moment = { micros: Number.POSITIVE_INFINITY, nanos: 0 }
  readonly #end: Moment = { micros: 0, nanos: 0 }
  #root: Root | undefined

  /** @returns false when columns are not enough for these spans */
  add(block: BlockView, spans: readonly number[]): boolean {
    const { ownStarts, spanIds, parentIds, nanoRemainders } = block.ids
    const { durations } = block.columns
    const ids = new DataView(spanIds.buffer, spanIds.byteOffset, spanIds.byteLength)
    const parents = new DataView(parentIds.buffer, parentIds.byteOffset, parentIds.byteLength)
    for (const span of spans) {
      const spanId = ids.getBigUint64(span * 8)
      const micros = ownStarts[span] as number
      const duration = durations[span] as number
      if (this.#spanIds.has(spanId) || micros + duration >= Number.MAX_SAFE_INTEGER) return false
      this.#spanIds.add(spanId)
      const nanos = (nanoRemainders[span] as number) % 1000
      this.#widen(micros, nanos, duration, Math.floor((nanoRemainders[span] as number) / 1000))
      const service = block.groups[block.columns.groups[span] as number]?.service ?? ''
      const what = block.whats[block.columns.whats[span] as number]
      this.#count(service, what?.statusCode === StatusCode.error)
      const parent = parents.getBigUint64(span * 8)
      if (parent !== 0n) this.#parents.push(parent)
      else this.#offerRoot({ micros, nanos, spanId, service, operation: what?.name ?? '' })
    }
    return true
  }

  summary(traceId: Uint8Array): TraceSummary {
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
      orphanSpanCount: this.#parents.filter((parent) => !this.#spanIds.has(parent)).length,
      services: services.sort((left, right) => (left.name < right.name ? -1 : 1)),
    }
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
