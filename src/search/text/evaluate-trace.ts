import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { Call } from '../../ports/span-query.ts'
import type { TraceSummary } from '../../ports/span-store.ts'
import { compileFilter } from '../match-span.ts'
import { orderNumbers } from '../value.ts'
import { holdsFor } from './compare.ts'
import type { CountStage, Spanset } from './compile-query.ts'
import type { SpanSet } from './relate.ts'
import { inverse, related } from './relate.ts'
import type { TimeSlice } from './time-slice.ts'
import type { TraceFacts } from './trace-fields.ts'
import { hasTraceField, withFacts } from './trace-fields.ts'
import type { TraceSpans } from './trace-spans.ts'

/** Says of one span after the other whether it matches. */
type SpanTest = (batch: SpanBatch, index: number) => boolean

/**
 * What spansets mean: which spans of a trace are in one. Filters without fields of the whole trace are
 * compiled once, the others for each trace.
 */
export class SpansetEvaluator {
  readonly #spanset: Spanset
  readonly #slice: TimeSlice
  readonly #tests = new Map<Call, SpanTest>()

  constructor(spanset: Spanset, slice: TimeSlice) {
    this.#spanset = spanset
    this.#slice = slice
  }

  /** The spans of the trace that the query is about; none of them when it does not match. */
  spansOf(trace: TraceSpans, summary: TraceSummary): Promise<SpanSet> {
    const facts = factsOf(summary)
    return this.#evaluate({ trace, facts }, this.#spanset, new Uint8Array(trace.count).fill(1))
  }

  /** `within` are the spans that came out of the stage before. */
  async #evaluate(sight: Sight, spanset: Spanset, within: SpanSet): Promise<SpanSet> {
    switch (spanset.kind) {
      case 'spans':
        return this.#filter(sight, spanset.filter, within)
      case 'pipeline': {
        let set = within
        for (const stage of spanset.stages) {
          if (stage.kind !== 'count') set = await this.#evaluate(sight, stage, set)
          else if (!countHolds(stage, sizeOf(set))) return none(within)
        }
        return set
      }
      case 'both':
      case 'either': {
        const [left, right] = await this.#sides(sight, spanset, within)
        const isBoth = sizeOf(left) > 0 && sizeOf(right) > 0
        return isBoth || spanset.kind === 'either' ? union(left, right) : none(within)
      }
      case 'related':
        return this.#relate(sight, spanset, await this.#sides(sight, spanset, within))
    }
  }

  async #sides(
    sight: Sight,
    spanset: { readonly left: Spanset; readonly right: Spanset },
    within: SpanSet,
  ): Promise<readonly [SpanSet, SpanSet]> {
    return [
      await this.#evaluate(sight, spanset.left, within),
      await this.#evaluate(sight, spanset.right, within),
    ]
  }

  #relate(
    { trace }: Sight,
    { relation, keeps }: Extract<Spanset, { readonly kind: 'related' }>,
    [left, right]: readonly [SpanSet, SpanSet],
  ): SpanSet {
    const isRelated = related(trace, relation, left)
    if (keeps === 'none') return right.map((is, span) => (isRelated[span] === 1 ? 0 : is))
    const rights = both(right, isRelated)
    if (keeps === 'right') return rights
    return union(rights, both(left, related(trace, inverse[relation], right)))
  }

  async #filter(
    { trace, facts }: Sight,
    filter: Call | undefined,
    within: SpanSet,
  ): Promise<SpanSet> {
    if (filter === undefined) return within
    const testOf = hasTraceField(filter)
      ? testsByChildren(filter, trace, facts)
      : this.#testOf(filter)
    const set = new Uint8Array(within.length)
    for (let span = 0; span < within.length; span++) {
      if (span % spansPerLook === 0 && this.#slice.isOver) await this.#slice.pause()
      if (within[span] === 0) continue
      const { batch, index } = trace.placeOf(span)
      if (testOf(span)(batch, index)) set[span] = 1
    }
    return set
  }

  #testOf(filter: Call): (span: number) => SpanTest {
    const test = this.#tests.get(filter) ?? compileFilter(filter)
    this.#tests.set(filter, test)
    return () => test
  }
}

/** Spans that are looked at between two looks at the clock. */
const spansPerLook = 64

/** How many spans a set has. */
export function sizeOf(set: SpanSet): number {
  let size = 0
  for (const is of set) size += is
  return size
}

interface Sight {
  readonly trace: TraceSpans
  readonly facts: Omit<TraceFacts, 'span:childCount'>
}

/** The facts of a trace that all of its spans share. */
export function factsOf(summary: TraceSummary): Sight['facts'] {
  return {
    'trace:rootName': summary.rootOperationName || undefined,
    'trace:rootService': summary.rootServiceName || undefined,
    'trace:duration': summary.maxEndUnixNano - summary.minStartUnixNano,
  }
}

/** One compiled filter for all spans that have the same number of children. */
function testsByChildren(
  filter: Call,
  trace: TraceSpans,
  facts: Sight['facts'],
): (span: number) => SpanTest {
  const children = trace.childCounts()
  const tests = new Map<number, SpanTest>()
  return (span) => {
    const count = children[span] as number
    const known = tests.get(count)
    if (known !== undefined) return known
    const test = compileFilter(withFacts(filter, { ...facts, 'span:childCount': count }))
    tests.set(count, test)
    return test
  }
}

/** A set that is empty stays so, whatever its size is compared with. */
function countHolds({ op, value }: CountStage, size: number): boolean {
  return size > 0 && holdsFor(op, orderNumbers(size, value))
}

function none(set: SpanSet): SpanSet {
  return new Uint8Array(set.length)
}

function union(left: SpanSet, right: SpanSet): SpanSet {
  return left.map((is, span) => is | (right[span] as number))
}

function both(left: SpanSet, right: SpanSet): SpanSet {
  return left.map((is, span) => is & (right[span] as number))
}
