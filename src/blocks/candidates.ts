import type { SearchedBlock } from './block-view.ts'
import type { HashSet } from './hash-set.ts'
import type { PlanNode } from './query-plan.ts'
import { SpanUnion } from './span-union.ts'
import { hashOf } from './trace-dictionary.ts'

/** Spans of a block, ascending; undefined stands for all of them. */
export type SpanList = ArrayLike<number> | undefined

/** The spans of a block that a plan keeps. Yields after each pass over the block: a plan may have many. */
export function candidatesOf(node: PlanNode, block: SearchedBlock): Generator<undefined, SpanList> {
  return narrow(node, block, undefined)
}

/** Those of `within` that the node keeps. */
function* narrow(
  node: PlanNode,
  block: SearchedBlock,
  within: SpanList,
): Generator<undefined, SpanList> {
  if ('parts' in node) {
    const narrowBy = node.kind === 'and' ? narrowByAll : narrowByAny
    return yield* narrowBy(node.parts, block, within)
  }
  const kept = narrowOnce(node, block, within)
  yield
  return kept
}

function* narrowByAll(
  parts: readonly PlanNode[],
  block: SearchedBlock,
  within: SpanList,
): Generator<undefined, SpanList> {
  let left = within
  for (const part of byCost(parts)) {
    left = yield* narrow(part, block, left)
    if (left?.length === 0) break
  }
  return left
}

function* narrowByAny(
  parts: readonly PlanNode[],
  block: SearchedBlock,
  within: SpanList,
): Generator<undefined, SpanList> {
  const union = new SpanUnion(block.summary.spanCount)
  for (const part of parts) {
    const list = yield* narrow(part, block, within)
    if (list === undefined) return within
    union.add(list)
  }
  return union.spans()
}

type Leaf = Exclude<PlanNode, { readonly kind: 'and' | 'or' }>

function narrowOnce(node: Leaf, block: SearchedBlock, within: SpanList): SpanList {
  switch (node.kind) {
    case 'every':
      return within
    case 'none':
      return []
    case 'terms':
      return both(within, block.spansWithAny(node.hashes), block.summary.spanCount)
    case 'service':
      return filter(
        block,
        within,
        groupTest(block, ({ service }) => node.texts.has(service)),
      )
    case 'name':
      return filter(
        block,
        within,
        whatTest(block, ({ name }) => node.texts.has(name)),
      )
    case 'spanKind':
      return filter(
        block,
        within,
        whatTest(block, ({ kind }) => node.codes.has(kind)),
      )
    case 'status':
      return filter(
        block,
        within,
        whatTest(block, ({ statusCode }) => node.codes.has(statusCode)),
      )
    case 'duration': {
      const { durations } = block.columns
      const { min, max } = node
      return filter(block, within, (span) => {
        const duration = durations[span] as number
        return duration >= min && duration <= max
      })
    }
    case 'trace':
      return filter(block, within, traceTest(block, node.hashes))
  }
}

/** Terms first: they leave the fewest, and cost a look into a table. */
function byCost(parts: readonly PlanNode[]): readonly PlanNode[] {
  const cost = (node: PlanNode): number => (node.kind === 'terms' || node.kind === 'none' ? 0 : 1)
  return [...parts].sort((left, right) => cost(left) - cost(right))
}

type Test = (span: number) => boolean

function groupTest(
  block: SearchedBlock,
  test: (group: SearchedBlock['groups'][number]) => boolean,
): Test {
  const holds = Uint8Array.from(block.groups, (group) => (test(group) ? 1 : 0))
  const { groups } = block.columns
  return (span) => holds[groups[span] as number] === 1
}

function whatTest(
  block: SearchedBlock,
  test: (what: SearchedBlock['whats'][number]) => boolean,
): Test {
  const holds = Uint8Array.from(block.whats, (what) => (test(what) ? 1 : 0))
  const { whats } = block.columns
  return (span) => holds[whats[span] as number] === 1
}

function traceTest({ traceIds, columns }: SearchedBlock, hashes: HashSet): Test {
  const holds = new Uint8Array(traceIds.length / 16)
  for (let trace = 0; trace < holds.length; trace++) {
    if (hashes.has(hashOf(traceIds, trace * 16))) holds[trace] = 1
  }
  const { traces } = columns
  return (span) => holds[traces[span] as number] === 1
}

function filter(block: SearchedBlock, within: SpanList, test: Test): SpanList {
  const { spanCount } = block.summary
  const kept = new Uint16Array(within?.length ?? spanCount)
  let count = 0
  if (within === undefined) {
    for (let span = 0; span < spanCount; span++) if (test(span)) kept[count++] = span
  } else {
    for (let index = 0; index < within.length; index++) {
      const span = within[index] as number
      if (test(span)) kept[count++] = span
    }
  }
  return kept.subarray(0, count)
}

function both(left: SpanList, right: ArrayLike<number>, spanCount: number): SpanList {
  if (left === undefined) return right
  if (right.length === spanCount) return left
  const found: number[] = []
  let at = 0
  for (let index = 0; index < right.length; index++) {
    const span = right[index] as number
    while (at < left.length && (left[at] as number) < span) at++
    if (left[at] === span) found.push(span)
  }
  return found
}
