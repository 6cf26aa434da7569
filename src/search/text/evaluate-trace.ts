import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { Call } from '../../ports/span-query.ts'
import type { TraceSummary } from '../../ports/span-store.ts'
import { compileFilter } from '../match-span.ts'
import { orderNumbers } from '../value.ts'
import type { CountStage, Spanset } from './compile-query.ts'
import type { SpanSet } from './relate.ts'
import { inverse, related } from './relate.ts'
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
  readonly #tests = new Map<Call, SpanTest>()

  constructor(spanset: Spanset) {
    this.#spanset = spanset
  }

  /** The spans of the trace that the query is about; none of them when it does not match. */
  spansOf(trace: TraceSpans, summary: TraceSummary): SpanSet {
    const facts = factsOf(summary)
    return this.#evaluate({ trace, facts }, this.#spanset, new Uint8Array(trace.count).fill(1))
  }

  /** `within` are the spans that came out of the stage before. */
  #evaluate(sight: Sight, spanset: Spanset, within: SpanSet): SpanSet {
    switch (spanset.kind) {
      case 'spans':
        return this.#filter(sight, spanset.filter, within)
      case 'pipeline': {
        let set = within
        for (const stage of spanset.stages) {
          if (stage.kind !== 'count') set = this.#evaluate(sight, stage, set)
          else if (!countHolds(stage, sizeOf(set))) return none(within)
        }
        return set
      }
      case 'both':
      case 'either': {
        const [left, right] = this.#sides(sight, spanset, within)
        const isBoth = sizeOf(left) > 0 && sizeOf(right) > 0
        return isBoth || spanset.kind === 'either' ? union(left, right) : none(within)
      }
      case 'related':
        return this.#relate(sight, spanset, this.#sides(sight, spanset, within))
    }
  }

  #sides(
    sight: Sight,
    spanset: { readonly left: Spanset; readonly right: Spanset },
    within: SpanSet,
  ): readonly [SpanSet, SpanSet] {
    return [
      this.#evaluate(sight, spanset.left, within),
      this.#evaluate(sight, spanset.right, within),
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

  #filter({ trace, facts }: Sight, filter: Call | undefined, within: SpanSet): SpanSet {
    if (filter === undefined) return within
    const testOf = hasTraceField(filter)
      ? testsByChildren(filter, trace, facts)
      : this.#testOf(filter)
    return within.map((is, span) => {
      if (is === 0) return 0
      const { batch, index } = trace.placeOf(span)
      return testOf(span)(batch, index) ? 1 : 0
    })
  }

  #testOf(filter: Call): (span: number) => SpanTest {
    const test = this.#tests.get(filter) ?? compileFilter(filter)
    this.#tests.set(filter, test)
    return () => test
  }
}

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
  if (size === 0) return false
  const order = orderNumbers(size, value)
  switch (op) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
  }
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
