import type { Span } from '../../../bridge/model/span.ts'

/** A span with those below it. */
export interface PathNode {
  readonly span: Pick<Span, 'startUnixNano' | 'endUnixNano'>
  readonly children: readonly PathNode[]
}

/**
 * The spans that kept the root from ending earlier: from its end back, the child that ended last before
 * each moment, and so below it. Children that ran beside such a one, or began after it, are not on it;
 * one that outlives its parent counts up to the parent's end.
 */
export function criticalPath<Node extends PathNode>(root: Node): ReadonlySet<PathNode> {
  const path = new Set<PathNode>()
  const open: { readonly node: PathNode; readonly until: bigint }[] = [
    { node: root, until: root.span.endUnixNano },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, until } = next
    if (path.has(node)) continue
    path.add(node)
    let at = until
    for (const { child, end } of byEnd(node.children, until)) {
      if (end > at || child.span.startUnixNano >= at) continue
      open.push({ node: child, until: end })
      at = child.span.startUnixNano
    }
  }
  return path
}

/** Those that end last first. */
function byEnd(
  children: readonly PathNode[],
  until: bigint,
): readonly { readonly child: PathNode; readonly end: bigint }[] {
  return children
    .map((child) => {
      const { endUnixNano } = child.span
      return { child, end: endUnixNano < until ? endUnixNano : until }
    })
    .sort((left, right) => (left.end === right.end ? 0 : left.end < right.end ? 1 : -1))
}
