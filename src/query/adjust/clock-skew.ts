import type { TraceIndex } from './trace-index.ts'
import type { TracePlan } from './trace-plan.ts'
import { Told } from './trace-plan.ts'

/**
 * Plans to move spans whose clock is wrong: one that lies outside of its parent, which was recorded by
 * another clock, is moved into the middle of it, or, when it takes longer, to its start; with it all
 * below it by the same clock. Spans that need not lie within their parent are not compared with it.
 * A delta over the bound is not applied; a warning says what it was.
 *
 * Source: jaeger v2.20.0, adjuster/clockskew.go; docs/differences.md.
 *
 * @param parentOf the row of each span's parent, -1 where it is not in the trace
 */
export function planClockSkew(plan: TracePlan, parentOf: Int32Array): void {
  const { index } = plan
  const tree = childrenOf(plan, parentOf)
  const { clock } = index.columns
  const stack: number[] = [...tree.roots]
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    const deltaNs = plan.deltaNs[row] as number
    for (let child = tree.first[row] as number; child >= 0; child = tree.next[child] as number) {
      const isSame = clock[child] === clock[row]
      const childNs = isSame ? deltaNs : deltaOf(plan, child, row)
      if (childNs !== 0) plan.tell(child, { deltaNs: childNs })
      stack.push(child)
    }
  }
}

/** The rows of roots, and of each span's children. */
interface Tree {
  readonly roots: number[]
  readonly first: Int32Array
  readonly next: Int32Array
}

function childrenOf(plan: TracePlan, parentOf: Int32Array): Tree {
  const { index } = plan
  const first = new Int32Array(index.count).fill(-1)
  const next = new Int32Array(index.count).fill(-1)
  /** By the first row of an id, the first of its rows that has that id still. */
  const owners = new Int32Array(index.count).fill(-1)
  const roots: number[] = []
  for (let row = 0; row < index.count; row++) {
    const isNamed = plan.renamed.get(row)?.id !== undefined
    const same = index.firstOf(row)
    if (!isNamed && (owners[same] as number) < 0) owners[same] = row
    if (!isNamed && owners[same] !== row) {
      plan.tell(row, { told: Told.duplicate })
      continue
    }
    const parent = parentOf[row] as number
    if (parent >= 0) {
      next[row] = first[parent] as number
      first[parent] = row
      continue
    }
    if (index.hasParent(row)) plan.tell(row, { told: Told.orphan })
    roots.push(row)
  }
  return { roots, first, next }
}

/** By how much a child is to be moved, where its parent is when it has been moved. */
function deltaOf(plan: TracePlan, child: number, parent: number): number {
  const { index } = plan
  if (index.isAsynchronous(child)) return 0
  const { startNs, durationNs } = index.columns
  const slackNs = (durationNs[parent] as number) - (durationNs[child] as number)
  const laterNs = (startNs[child] as number) - shownStartNs(plan, parent, index)
  if (slackNs < 0) return laterNs < 0 ? -laterNs : 0
  return laterNs >= 0 && laterNs <= slackNs ? 0 : Math.trunc(slackNs / 2) - laterNs
}

function shownStartNs(plan: TracePlan, row: number, { columns }: TraceIndex): number {
  const deltaNs = plan.deltaNs[row] as number
  return (columns.startNs[row] as number) + (plan.isApplied(deltaNs) ? deltaNs : 0)
}
