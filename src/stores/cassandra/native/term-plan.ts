import { attributeValueHashes, TermLevel } from '../../../../bridge/model/term-hash.ts'
import { sliceOf } from '../../../blocks/build-postings.ts'
import { HashSet } from '../../../blocks/hash-set.ts'
import type { PlanNode } from '../../../blocks/query-plan.ts'
import { SpanUnion } from '../../../blocks/span-union.ts'
import { sliceBits } from './block-rows.ts'

/**
 * What of a plan the terms of a block decide, before its columns are read: services are attributes of
 * resources, and names of spans are terms.
 */
export type TermPlan =
  | { readonly kind: 'every' | 'none' }
  | { readonly kind: 'terms'; readonly hashes: HashSet }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly TermPlan[] }

/** Everything else of the plan is taken to hold. */
export function termPlan(node: PlanNode): TermPlan {
  switch (node.kind) {
    case 'none':
    case 'every':
      return { kind: node.kind }
    case 'terms':
      return node
    case 'name':
      return { kind: 'terms', hashes: node.hashes }
    case 'service':
      return {
        kind: 'terms',
        hashes: new HashSet(attributeValueHashes([TermLevel.resource], 'service.name', node.texts)),
      }
    case 'and':
    case 'or':
      return { kind: node.kind, parts: node.parts.map(termPlan) }
    default:
      return { kind: 'every' }
  }
}

/** The slices in which the terms of a plan are, ascending. */
export function slicesOf(plan: TermPlan): readonly number[] {
  const slices = new Set<number>()
  const visit = (node: TermPlan): void => {
    if (node.kind === 'terms') for (const hash of node.hashes) slices.add(sliceOf(hash, sliceBits))
    else if (node.kind === 'and' || node.kind === 'or') node.parts.forEach(visit)
  }
  visit(plan)
  return [...slices].sort((left, right) => left - right)
}

/**
 * The spans of a block that its terms leave, ascending; undefined: all of them.
 *
 * @param spansWithAny as of a block
 */
export function keptByTerms(
  plan: TermPlan,
  spanCount: number,
  spansWithAny: (hashes: HashSet) => ArrayLike<number>,
): ArrayLike<number> | undefined {
  switch (plan.kind) {
    case 'every':
      return undefined
    case 'none':
      return []
    case 'terms':
      return spansWithAny(plan.hashes)
    case 'and': {
      let kept: ArrayLike<number> | undefined
      for (const part of plan.parts) {
        const some = keptByTerms(part, spanCount, spansWithAny)
        if (some === undefined || some.length === spanCount) continue
        kept = kept === undefined ? some : both(kept, some)
        if (kept.length === 0) break
      }
      return kept
    }
    case 'or': {
      const union = new SpanUnion(spanCount)
      for (const part of plan.parts) {
        const some = keptByTerms(part, spanCount, spansWithAny)
        if (some === undefined) return undefined
        union.add(some)
      }
      return union.spans()
    }
  }
}

/** What two ascending lists have together. */
function both(left: ArrayLike<number>, right: ArrayLike<number>): number[] {
  const kept: number[] = []
  let at = 0
  for (let index = 0; index < left.length; index++) {
    const span = left[index] as number
    while (at < right.length && (right[at] as number) < span) at++
    if (right[at] === span) kept.push(span)
  }
  return kept
}
