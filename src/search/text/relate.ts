import type { Relation } from './syntax.ts'
import type { TraceSpans } from './trace-spans.ts'
import { noSpan } from './trace-spans.ts'

/** Spans of one trace: 1 for each that is in the set. */
export type SpanSet = Uint8Array

/** The spans of the trace that are a child, ancestor, ... of one of `left`: `left > x`, `left << x`. */
export function related(trace: TraceSpans, relation: Relation, left: SpanSet): SpanSet {
  switch (relation) {
    case '>':
      return Uint8Array.from(trace.parents, (parent) =>
        parent === noSpan ? 0 : (left[parent] as number),
      )
    case '>>':
      return descendants(trace.parents, left)
    case '<':
      return ancestors(trace.parents, left, 1)
    case '<<':
      return ancestors(trace.parents, left, Number.POSITIVE_INFINITY)
    case '~':
      return siblings(trace, left)
  }
}

/** What the right side is to the left one when the left is `relation` to the right. */
export const inverse: Readonly<Record<Relation, Relation>> = {
  '>': '<',
  '<': '>',
  '>>': '<<',
  '<<': '>>',
  '~': '~',
}

/** Each span is looked at once: a way up ends where the answer is known. A ring has no beginning. */
function descendants(parents: Int32Array, left: SpanSet): SpanSet {
  const found = new Uint8Array(left.length)
  const isKnown = new Uint8Array(left.length)
  for (let span = 0; span < left.length; span++) {
    const way: number[] = []
    let at = span
    while (isKnown[at] === 0) {
      isKnown[at] = 1
      way.push(at)
      const parent = parents[at] as number
      if (parent === noSpan) break
      at = parent
    }
    for (let last = way.pop(); last !== undefined; last = way.pop()) {
      const parent = parents[last] as number
      if (parent !== noSpan && (left[parent] === 1 || found[parent] === 1)) found[last] = 1
    }
  }
  return found
}

function ancestors(parents: Int32Array, left: SpanSet, levels: number): SpanSet {
  const found = new Uint8Array(left.length)
  for (let span = 0; span < left.length; span++) {
    if (left[span] === 0) continue
    let at = parents[span] as number
    for (let level = 0; level < levels && at !== noSpan && found[at] === 0; level++) {
      found[at] = 1
      at = parents[at] as number
    }
  }
  return found
}

/** Spans that name the same parent, whether it is there or not, and are not the same span. */
function siblings(trace: TraceSpans, left: SpanSet): SpanSet {
  const counts = new Map<string, number>()
  for (let span = 0; span < left.length; span++) {
    const parent = trace.parentIdOf(span)
    if (left[span] === 1 && parent !== '') counts.set(parent, (counts.get(parent) ?? 0) + 1)
  }
  return Uint8Array.from(left, (isLeft, span) =>
    (counts.get(trace.parentIdOf(span)) ?? 0) > isLeft ? 1 : 0,
  )
}
