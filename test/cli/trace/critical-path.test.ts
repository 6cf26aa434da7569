import t from 'tap'
import type { PathNode } from '../../../src/cli/trace/critical-path.ts'
import { criticalPath } from '../../../src/cli/trace/critical-path.ts'

interface Named extends PathNode {
  readonly name: string
}

function node(name: string, start: number, end: number, ...children: Named[]): Named {
  return { name, span: { startUnixNano: BigInt(start), endUnixNano: BigInt(end) }, children }
}

function namesOn(root: Named): string[] {
  return [...criticalPath(root)].map((one) => (one as Named).name).sort()
}

const trees: Readonly<Record<string, readonly [Named, string[]]>> = {
  'children one after the other': [
    node('r', 0, 100, node('a', 10, 40), node('b', 50, 90)),
    ['a', 'b', 'r'],
  ],
  'the slower of two that run beside each other': [
    node('r', 0, 100, node('fast', 10, 40), node('slow', 20, 90)),
    ['r', 'slow'],
  ],
  'what ended before the slower one began': [
    node('r', 0, 100, node('first', 5, 20), node('beside', 30, 60), node('slow', 25, 90)),
    ['first', 'r', 'slow'],
  ],
  'what is below, too': [
    node('r', 0, 100, node('a', 10, 90, node('x', 10, 50), node('y', 20, 80))),
    ['a', 'r', 'y'],
  ],
  'a child that outlives its parent up to its end': [
    node('r', 0, 100, node('late', 80, 300, node('inner', 90, 250), node('after', 150, 200))),
    ['inner', 'late', 'r'],
  ],
  'nothing of a child that begins after the end': [node('r', 0, 100, node('x', 120, 130)), ['r']],
}

for (const [title, [root, names]] of Object.entries(trees)) {
  t.test(`criticalPath() has ${title}`, async (t) => {
    t.same(namesOn(root), names)
  })
}
