import type { OpenBlock } from './open-block.ts'
import { PostingsWriter } from './postings.ts'
import { sortTerms } from './sort-terms.ts'
import { TermTable } from './term-table.ts'

/** Used for one block after the other; a thread seals one at a time. */
const table = new TermTable()

/**
 * The terms of a block as postings. What many spans have together is handled once: the attributes of
 * a group, and the keys of spans that have the same keys (spans of one operation mostly do). Only
 * hashes that are different are sorted.
 *
 * @param seed as for `TermTable.fill`; the postings are the same with any
 */
export function buildPostings(block: OpenBlock, seed: number): Uint8Array {
  const { spanCount } = block
  const { values, valueEnds } = block.spanTerms
  table.fill(values, valueEnds, seed)
  const shared = sharedTerms(block)
  const alsoShared = new Set<number>()
  for (const hash of shared.keys()) {
    const number = table.numberOf(hash)
    if (number !== 0) alsoShared.add(number)
  }
  const most = table.count + shared.size
  const pairs = { hashes: new Uint32Array(most), members: new Uint32Array(most), count: 0 }
  for (let number = 1; number <= table.count; number++) {
    if (alsoShared.size > 0 && alsoShared.has(number)) continue
    pairs.hashes[pairs.count] = table.hashOf(number)
    pairs.members[pairs.count++] = number
  }
  for (const hash of shared.keys()) pairs.hashes[pairs.count++] = hash
  const { hashes, members, count } = sortTerms(pairs)
  const writer = new PostingsWriter(spanCount, count)
  const spansOf = sharedSpans(block)
  for (let at = 0; at < count; at++) {
    const hash = hashes[at] as number
    const number = members[at] as number
    if (number === 0)
      writer.add(hash, spansOf(hash, shared.get(hash) ?? { shapes: [], groups: [] }))
    else if (table.countOf(number) === 1) writer.addSingle(hash, table.lastOf(number))
    else writer.add(hash, table.spansOf(number))
  }
  return writer.finish()
}

/** Which sets of spans have a term together. */
interface SharedTerm {
  readonly shapes: number[]
  readonly groups: number[]
}

function sharedTerms(block: OpenBlock): ReadonlyMap<number, SharedTerm> {
  const shared = new Map<number, SharedTerm>()
  const add = (kind: keyof SharedTerm, hashes: Iterable<number>, set: number): void => {
    for (const hash of hashes) {
      const term = shared.get(hash)
      if (term === undefined) shared.set(hash, { shapes: [], groups: [], [kind]: [set] })
      else if (term[kind].at(-1) !== set) term[kind].push(set)
    }
  }
  for (const [shape, keys] of block.spanTerms.shapeKeys.entries()) add('shapes', keys, shape)
  for (const group of block.groups.keys()) add('groups', block.groupTerms(group), group)
  return shared
}

/** Gives the spans of a shared term, ascending, valid until the next one is asked for. */
function sharedSpans(block: OpenBlock): (hash: number, term: SharedTerm) => Uint16Array {
  const { spanCount } = block
  const { shapes, shapeKeys } = block.spanTerms
  const byShape = membersOf(shapes, shapeKeys.length)
  const byGroup = membersOf(block.columns.groups, block.groups.length)
  const marks = new Uint8Array(spanCount)
  const spans = new Uint16Array(spanCount)
  const every = new Uint16Array(spanCount)
  for (let span = 0; span < spanCount; span++) every[span] = span
  return (hash, term) => {
    const own = table.numberOf(hash)
    if (term.shapes.length === shapeKeys.length) return every
    if (term.groups.length === block.groups.length) return every
    const [shape] = term.shapes
    const [group] = term.groups
    if (own === 0 && term.shapes.length === 1 && group === undefined) return byShape(shape ?? 0)
    if (own === 0 && term.groups.length === 1 && shape === undefined) return byGroup(group ?? 0)
    const mark = (members: Uint16Array): void => {
      for (let at = 0; at < members.length; at++) marks[members[at] as number] = 1
    }
    for (const set of term.shapes) mark(byShape(set))
    for (const set of term.groups) mark(byGroup(set))
    if (own !== 0) mark(table.spansOf(own))
    return spans.subarray(0, takeMarks(marks, spans))
  }
}

/** The spans of each set, ascending. */
function membersOf(setOfSpan: Uint16Array, sets: number): (set: number) => Uint16Array {
  const starts = new Uint32Array(sets + 1)
  for (let span = 0; span < setOfSpan.length; span++) {
    const set = setOfSpan[span] as number
    starts[set + 1] = (starts[set + 1] as number) + 1
  }
  for (let set = 0; set < sets; set++) {
    starts[set + 1] = (starts[set + 1] as number) + (starts[set] as number)
  }
  const spans = new Uint16Array(setOfSpan.length)
  const next = starts.slice()
  for (let span = 0; span < setOfSpan.length; span++) {
    const set = setOfSpan[span] as number
    const at = next[set] as number
    next[set] = at + 1
    spans[at] = span
  }
  return (set) => spans.subarray(starts[set], starts[set + 1])
}

/** Moves the marked spans into `spans`, and gives how many they are. */
function takeMarks(marks: Uint8Array, spans: Uint16Array): number {
  let count = 0
  for (let span = 0; span < marks.length; span++) {
    if (marks[span] === 0) continue
    spans[count++] = span
    marks[span] = 0
  }
  return count
}
