import type { BlockView } from './block-view.ts'
import type { PlanNode } from './query-plan.ts'
import { findTrace } from './trace-dictionary.ts'

/** Spans of a block, ascending; undefined stands for all of them. */
export type SpanList = ArrayLike<number> | undefined

/** The spans of a block that a plan keeps. */
export function candidatesOf(node: PlanNode, block: BlockView): SpanList {
  return narrow(node, block, undefined)
}

/** Those of `within` that the node keeps. */
function narrow(node: PlanNode, block: BlockView, within: SpanList): SpanList {
  switch (node.kind) {
    case 'every':
      return within
    case 'none':
      return []
    case 'terms':
      return both(within, union(node.hashes.map((hash) => block.spansWith(hash))))
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
    case 'trace': {
      const trace = findTrace(block.traceIds, node.traceId)
      const { traces } = block.columns
      return trace < 0 ? [] : filter(block, within, (span) => traces[span] === trace)
    }
    case 'and': {
      let left = within
      for (const part of byCost(node.parts)) {
        left = narrow(part, block, left)
        if (left?.length === 0) break
      }
      return left
    }
    case 'or': {
      const lists: ArrayLike<number>[] = []
      for (const part of node.parts) {
        const list = narrow(part, block, within)
        if (list === undefined) return within
        lists.push(list)
      }
      return union(lists)
    }
  }
}

/** Terms first: they leave the fewest, and cost a look into a table. */
function byCost(parts: readonly PlanNode[]): readonly PlanNode[] {
  const cost = (node: PlanNode): number => (node.kind === 'terms' || node.kind === 'none' ? 0 : 1)
  return [...parts].sort((left, right) => cost(left) - cost(right))
}

type Test = (span: number) => boolean

function groupTest(block: BlockView, test: (group: BlockView['groups'][number]) => boolean): Test {
  const holds = Uint8Array.from(block.groups, (group) => (test(group) ? 1 : 0))
  const { groups } = block.columns
  return (span) => holds[groups[span] as number] === 1
}

function whatTest(block: BlockView, test: (what: BlockView['whats'][number]) => boolean): Test {
  const holds = Uint8Array.from(block.whats, (what) => (test(what) ? 1 : 0))
  const { whats } = block.columns
  return (span) => holds[whats[span] as number] === 1
}

function filter(block: BlockView, within: SpanList, test: Test): SpanList {
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

function both(left: SpanList, right: ArrayLike<number>): ArrayLike<number> {
  if (left === undefined) return right
  const found: number[] = []
  let at = 0
  for (let index = 0; index < right.length; index++) {
    const span = right[index] as number
    while (at < left.length && (left[at] as number) < span) at++
    if (left[at] === span) found.push(span)
  }
  return found
}

function union(lists: readonly ArrayLike<number>[]): ArrayLike<number> {
  const filled = lists.filter(({ length }) => length > 0)
  if (filled.length < 2) return filled[0] ?? []
  const all = new Set<number>()
  for (const list of filled) for (let at = 0; at < list.length; at++) all.add(list[at] as number)
  return Uint16Array.from(all).sort()
}
