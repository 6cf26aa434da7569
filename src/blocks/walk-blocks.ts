import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import type { SearchBound } from '../ports/span-store.ts'
import { compileFilter } from '../search/match-span.ts'
import type { RankedTrace } from '../search/newest-traces.ts'
import { NewestTraces } from '../search/newest-traces.ts'
import type { SearchBounds } from '../search/search-meter.ts'
import { SearchMeter } from '../search/search-meter.ts'
import type { BlockSummary, SearchedBlock } from './block-view.ts'
import type { SpanList } from './candidates.ts'
import { candidatesOf } from './candidates.ts'
import { isKept } from './kept-spans.ts'
import type { QueryPlan } from './query-plan.ts'
import { shortestDuration } from './query-plan.ts'
import { readingPieces } from './reading-pieces.ts'

/**
 * A block that a search may have to look at. A store that cannot read at once says what has to be
 * waited for (`Wait`), and the walk gives that to whoever drives it.
 */
export interface BlockRef<Wait extends object = never> {
  readonly summary: BlockSummary
  /** False when the store knows that the plan keeps none of its spans; asked before `open`. */
  readonly mayMatch?: () => boolean
  /** What must have ended before `open`; undefined: nothing. */
  readonly load?: () => Wait | undefined
  /** @throws GatewayError 'store_corrupt' when it cannot be read */
  open(): LoadingBlock<Wait>
}

/** A block whose bodies may have to be waited for. */
export interface LoadingBlock<Wait extends object = never> extends SearchedBlock {
  /** What must have ended before `batchOf` of these spans; undefined: nothing. */
  readonly load?: (spans: ArrayLike<number>) => Wait | undefined
}

/** A search over the blocks of one tenant. */
export interface WalkOptions {
  /** Has passed `checkQuery`. */
  readonly query: SpanQuery
  /** Of the query's filter; `planQuery`. */
  readonly plan: QueryPlan
  readonly bounds: SearchBounds
  /** Spans that arrived before this are expired, ms since the epoch. */
  readonly keptSinceUnixMs: number
  /** A block could not be read; the search goes on without it. */
  readonly onDamaged: (error: GatewayError) => void
}

/** What a walk found, and the bound that ended it early, if any. */
export interface WalkResult {
  readonly traces: readonly RankedTrace[]
  readonly bound: SearchBound | undefined
}

/** Spans that only columns decide: so many are looked at between two looks at the bounds. */
const spansPerCheck = 256

/**
 * Walks blocks by their largest indexed start, newest first, as BlockRefs must come. Ends when the
 * limit-th newest trace is strictly newer than whatever the blocks that are left can hold: none of
 * them can then add a trace, raise one of those found, or come first in a tie.
 *
 * Yields after every short piece of work, some hundred µs at most, so that whoever drives it can do
 * something else, or stop, whenever it likes. Where it yields something, that has to be waited for;
 * so it is with what stands in the place of a block.
 */
export function* walkBlocks<Wait extends object = never>(
  refs: Iterable<BlockRef<Wait> | Wait>,
  options: WalkOptions,
): Generator<Wait | undefined, WalkResult> {
  const { query, plan, bounds, onDamaged } = options
  const walk: Walk = {
    ...options,
    newest: new NewestTraces(query.limit),
    meter: new SearchMeter(bounds),
    matches: plan.isExact ? undefined : compileFilter(query.filter),
    minMicros: query.minMicros ?? Number.NEGATIVE_INFINITY,
    maxMicros: query.maxMicros ?? Number.POSITIVE_INFINITY,
  }
  const durationMin = shortestDuration(plan.root)
  const { newest, meter } = walk
  for (const ref of refs) {
    yield isRef(ref) ? undefined : ref
    const bound = meter.hit()
    if (bound !== undefined) return { traces: newest.ranked(), bound }
    if (!isRef(ref)) continue
    const { summary } = ref
    newest.floorMicros()
    // In a window that ends earlier, a block's later spans do not count.
    if (!newest.wants(Math.min(summary.maxMicros, walk.maxMicros - 1))) break
    if (!isInside(summary, walk) || summary.durationMaxMicros < durationMin) continue
    if (ref.mayMatch?.() === false) continue
    const loading = ref.load?.()
    if (loading !== undefined) yield loading
    try {
      const bound = yield* walkBlock(ref.open(), walk)
      if (bound !== undefined) return { traces: newest.ranked(), bound }
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'store_corrupt')) throw error
      onDamaged(error)
    }
  }
  return { traces: newest.ranked(), bound: undefined }
}

function isRef<Wait extends object>(item: BlockRef<Wait> | Wait): item is BlockRef<Wait> {
  return 'summary' in item
}

interface Walk extends WalkOptions {
  readonly newest: NewestTraces
  readonly meter: SearchMeter
  /** Undefined when the plan says all. */
  readonly matches: ReturnType<typeof compileFilter> | undefined
  readonly minMicros: number
  readonly maxMicros: number
}

function isInside(summary: BlockSummary, walk: Walk): boolean {
  return (
    summary.maxMicros >= walk.minMicros &&
    summary.minMicros < walk.maxMicros &&
    summary.arrivalMaxUnixMs >= walk.keptSinceUnixMs
  )
}

function* walkBlock<Wait extends object>(
  block: LoadingBlock<Wait>,
  walk: Walk,
): Generator<Wait | undefined, SearchBound | undefined> {
  const candidates = yield* candidatesOf(walk.plan.root, block)
  if (candidates?.length === 0) return undefined
  // A block that grows may have got longer columns since: the spans are chosen from these.
  const { starts, traces } = block.columns
  const spans = newestFirst(candidates, block, walk)
  const { newest, meter, matches } = walk
  const pieces = matches === undefined ? runsOf(spans) : readingPieces(block, spans)
  for (const some of pieces) {
    if (!newest.wants(starts[some[0] as number] as number)) return undefined
    meter.add(some.length)
    const loading = matches === undefined ? undefined : block.load?.(some)
    if (loading !== undefined) yield loading
    const batch = matches === undefined ? undefined : block.batchOf(some, 0)
    for (const [index, span] of some.entries()) {
      const start = starts[span] as number
      if (!newest.wants(start)) break
      if (batch !== undefined) {
        // A filter may have a thousand conditions.
        yield
        if (matches?.(batch, index) === false) continue
      }
      const trace = (traces[span] as number) * 16
      newest.offer(block.traceIds.subarray(trace, trace + 16), start)
    }
    const bound = meter.hit()
    if (bound !== undefined) return bound
    newest.floorMicros()
    yield
  }
  return undefined
}

function* runsOf(spans: Uint16Array): Generator<Uint16Array> {
  for (let first = 0; first < spans.length; first += spansPerCheck) {
    yield spans.subarray(first, first + spansPerCheck)
  }
}

/** The spans that lie in the window and can change the answer, newest first. */
function newestFirst(candidates: SpanList, block: SearchedBlock, walk: Walk): Uint16Array {
  const { newest, minMicros, maxMicros, keptSinceUnixMs } = walk
  const { starts } = block.columns
  const { spanCount } = block.summary
  const kept = isKept(block, keptSinceUnixMs)
  const found = new Uint16Array(candidates?.length ?? spanCount)
  let count = 0
  for (let index = 0; index < found.length; index++) {
    const span = candidates === undefined ? index : (candidates[index] as number)
    const start = starts[span] as number
    if (start < minMicros || start >= maxMicros || !newest.wants(start)) continue
    if (kept(span)) found[count++] = span
  }
  return found
    .subarray(0, count)
    .sort((left, right) => (starts[right] as number) - (starts[left] as number))
}
