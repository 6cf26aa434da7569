import { hexOf } from '../../../bridge/model/identifier.ts'
import type { Span, SpanGroup } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import { warningsKey } from '../../../bridge/repair/warnings.ts'
import type { PathNode } from './critical-path.ts'
import { criticalPath } from './critical-path.ts'
import { durationText } from './duration-text.ts'
import { printableText } from './printable-text.ts'
import { columnsOf, cutToColumns, padToColumns } from './text-columns.ts'

/** How a tree looks. */
export interface TreeStyle {
  /** Errors in red, by the escapes of terminals. */
  readonly isColoured?: boolean
  /** What has no room in so many columns is cut; undefined: nothing is. */
  readonly columns?: number | undefined
}

interface Node extends PathNode {
  readonly span: Span
  readonly service: string
  readonly children: Node[]
}

const kindNames: ReadonlyMap<number, string> = new Map([
  [SpanKind.internal, 'internal'],
  [SpanKind.server, 'server'],
  [SpanKind.client, 'client'],
  [SpanKind.producer, 'producer'],
  [SpanKind.consumer, 'consumer'],
])

/**
 * A trace as lines of text: one a span, children below their parent in order of start, each with
 * when it began after the trace's start, how long it took, `*` when it is on the critical path of the
 * first root, and whether it failed. A span whose parent is not there stands at the top, marked.
 */
export function renderTree(groups: readonly SpanGroup[], style: TreeStyle = {}): string {
  const nodes = groups.flatMap((group) => {
    const service = serviceOf(group)
    return group.spans.map((span): Node => ({ span, service, children: [] }))
  })
  const first = nodes[0]
  if (first === undefined) return 'no spans\n'
  const roots = linked(nodes)
  const startNano = nodes.reduce(
    (min, { span }) => smaller(min, span.startUnixNano),
    first.span.startUnixNano,
  )
  const path = roots[0] === undefined ? new Set<PathNode>() : criticalPath(roots[0])
  const rows = roots.flatMap((root) => rowsOf(root, { startNano, path }))
  const red = (text: string): string =>
    style.isColoured === true && text !== '' ? `\u001b[31m${text}\u001b[0m` : text
  const room = roomIn(rows, style.columns)
  const lines = rows.map((row) => {
    const before = `${padToColumns(labelIn(row, room), room.padded)}  ${row.timing}`
    return `${before}${red(failedIn(row, columnsOf(before), style.columns))}${row.note}`
  })
  return `${[heading(nodes, startNano), ...lines.map((line) => line.trimEnd())].join('\n')}\n`
}

/** Hangs every span below its parent and gives those that have none. */
function linked(nodes: readonly Node[]): readonly Node[] {
  // Client and server may share an id (Zipkin's way): the server then hangs below the client.
  const byId = new Map<string, Node>()
  for (const node of nodes) {
    const id = hexOf(node.span.spanId)
    if (!byId.has(id) || node.span.kind === SpanKind.client) byId.set(id, node)
  }
  const parents = new Map<Node, Node>()
  for (const node of nodes) {
    const namesake = byId.get(hexOf(node.span.spanId))
    const shares = namesake !== node && node.span.kind === SpanKind.server
    const parentId = node.span.parentSpanId
    const parent = shares ? namesake : parentId && byId.get(hexOf(parentId))
    if (parent === undefined || parent === node) continue
    parents.set(node, parent)
    parent.children.push(node)
  }
  return sorted(rootsOf(nodes, parents))
}

/** Spans without parent, and one of each ring of parents, which is cut there. */
function rootsOf(nodes: readonly Node[], parents: ReadonlyMap<Node, Node>): Node[] {
  const roots: Node[] = []
  const seen = new Set<Node>()
  const add = (root: Node): void => {
    roots.push(root)
    const open = [root]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      seen.add(next)
      for (const child of next.children) open.push(child)
    }
  }
  for (const node of nodes) if (!parents.has(node)) add(node)
  for (const node of nodes) {
    if (seen.has(node)) continue
    const siblings = parents.get(node)?.children
    siblings?.splice(siblings.indexOf(node), 1)
    add(node)
  }
  return roots
}

interface Row {
  /** Spans above it, up to the root. */
  readonly depth: number
  /** The lines of the tree before the name. */
  readonly indent: string
  readonly name: string
  readonly timing: string
  readonly failed: string
  readonly note: string
}

interface Top {
  readonly startNano: bigint
  readonly path: ReadonlySet<PathNode>
}

/** Without recursion: a trace may be a hundred thousand calls deep. */
function rowsOf(root: Node, top: Top): Row[] {
  const rows: Row[] = []
  const open = [{ node: root, depth: 0, prefix: '', branch: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth, prefix, branch } = next
    rows.push(rowOf(node, { ...top, depth, indent: prefix + branch }))
    // Deeper levels than anyone can read keep the same indent.
    const indent = branch === '' ? '' : branch === '├─ ' ? '│  ' : '   '
    const below = prefix.length > 120 ? prefix : prefix + indent
    const children = sorted(node.children)
    for (let index = children.length - 1; index >= 0; index--) {
      const last = index === children.length - 1
      const child = children[index] as Node
      open.push({ node: child, depth: depth + 1, prefix: below, branch: last ? '└─ ' : '├─ ' })
    }
  }
  return rows
}

function rowOf(node: Node, at: Top & Pick<Row, 'depth' | 'indent'>): Row {
  const { span, service } = node
  const kind = kindNames.get(span.kind)
  const orphan =
    at.depth === 0 && span.parentSpanId !== undefined
      ? `  (parent ${hexOf(span.parentSpanId)} is not here${droppedParent(span)})`
      : ''
  const failed =
    span.status?.code === StatusCode.error
      ? `  ERROR ${printableText(span.status.message)}`.trimEnd()
      : ''
  return {
    depth: at.depth,
    indent: at.indent,
    name: `${printableText(`${service} ${span.name}`)}${kind === undefined ? '' : ` [${kind}]`}`,
    timing: `+${durationText(span.startUnixNano - at.startNano)} ${durationText(span.endUnixNano - span.startUnixNano)}${at.path.has(node) ? ' *' : ''}`,
    failed,
    note: orphan,
  }
}

/** Columns for names with what is before them. */
interface Room {
  /** Times stand behind so many. */
  readonly padded: number
  /** More are cut. */
  readonly most: number
}

/** Where the width is not known, long names push their times to the right. */
function roomIn(rows: readonly Row[], columns = Number.POSITIVE_INFINITY): Room {
  let [label, timing, failed] = [0, 0, 0]
  for (const row of rows) {
    label = Math.max(label, row.indent.length + columnsOf(row.name))
    timing = Math.max(timing, columnsOf(row.timing))
    failed = Math.max(failed, columnsOf(row.failed))
  }
  const most = Math.max(nameColumnsMin, columns - 2 - timing - Math.min(failed, failedColumnsMin))
  return { padded: Math.min(paddedMax, label, most), most }
}

/** Of what is too long the lines of the tree keep half, their end, behind how deep they are. */
function labelIn({ depth, indent, name }: Row, { most }: Room): string {
  if (indent.length + columnsOf(name) <= most) return indent + name
  const indentMax = Math.floor(most / 2)
  const deep = `${depth}…`
  const kept = indent.length <= indentMax ? indent : deep + indent.slice(deep.length - indentMax)
  return kept + cutToColumns(name, most - kept.length)
}

function failedIn({ failed }: Row, before: number, columns = Number.POSITIVE_INFINITY): string {
  return cutToColumns(failed, Math.max(failedColumnsMin, columns - before))
}

const paddedMax = 72
const nameColumnsMin = 24
/** What an error gets at least, also where its line then does not fit. */
const failedColumnsMin = 24

/** When and why the parent was dropped, where the gateway has told so in a warning. */
function droppedParent({ attributes }: Span): string {
  const warnings = attributes.find(({ key }) => key === warningsKey)?.value
  if (warnings?.kind !== 'array') return ''
  for (const warning of warnings.value) {
    if (warning.kind !== 'string' || !warning.value.startsWith('parent span ID=')) continue
    const told = /; (it came at .*)$/.exec(warning.value)?.[1]
    if (told !== undefined) return `: ${printableText(told)}`
  }
  return ''
}

function heading(nodes: readonly Node[], startNano: bigint): string {
  const [first] = nodes as [Node, ...Node[]]
  const endNano = nodes.reduce(
    (max, { span }) => larger(max, span.endUnixNano),
    first.span.endUnixNano,
  )
  const services = new Set(nodes.map((node) => node.service)).size
  const errors = nodes.filter((node) => node.span.status?.code === StatusCode.error).length
  const parts = [
    counted(nodes.length, 'span'),
    counted(services, 'service'),
    durationText(endNano - startNano),
  ]
  if (errors > 0) parts.push(counted(errors, 'error'))
  return `trace ${hexOf(first.span.traceId)}: ${parts.join(', ')}, began ${timeText(startNano)}`
}

function serviceOf(group: SpanGroup): string {
  const found = group.resource?.attributes.find((attribute) => attribute.key === 'service.name')
  return found?.value?.kind === 'string' ? found.value.value : '?'
}

function sorted(nodes: readonly Node[]): Node[] {
  return [...nodes].sort((a, b) => Number(a.span.startUnixNano - b.span.startUnixNano))
}

function timeText(unixNano: bigint): string {
  const date = new Date(Number(unixNano / 1_000_000n))
  return Number.isNaN(date.getTime()) ? `${unixNano} ns after 1970` : date.toISOString()
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
