import type { OpenBlock } from './open-block.ts'
import { PostingsWriter } from './postings.ts'
import { nameHash } from './segment.ts'
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
  const [postings = none] = buildSlices(block, { seed, bits: 0, withNames: false })
  return postings
}

/** How terms are divided. */
export interface SliceOptions {
  /** As for `TermTable.fill`. */
  readonly seed: number
  /** There are two to the power of so many slices; a term is in the one its hash begins with. */
  readonly bits: number
  /** Whether names of spans are terms too, as `nameHash` has them. */
  readonly withNames: boolean
}

/** As `buildPostings`, in slices that are read on their own; undefined where one has no terms. */
export function buildSlices(
  block: OpenBlock,
  { seed, bits, withNames }: SliceOptions,
): readonly (Uint8Array | undefined)[] {
  const { spanCount } = block
  const { values, valueEnds } = block.spanTerms
  table.fill(values, valueEnds, seed)
  const shared = sharedTerms(block, withNames)
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
  const spansOf = sharedSpans(block)
  const slices: (Uint8Array | undefined)[] = Array(2 ** bits).fill(undefined)
  for (let at = 0; at < count; ) {
    const slice = sliceOf(hashes[at] as number, bits)
    const end = bits === 0 ? count : sliceEnd(hashes, at, count, bits)
    const writer = new PostingsWriter(spanCount, end - at, bits === 0 ? undefined : 256)
    for (; at < end; at++) {
      const hash = hashes[at] as number
      const number = members[at] as number
      if (number === 0) writer.add(hash, spansOf(hash, shared.get(hash) ?? noSets))
      else if (table.countOf(number) === 1) writer.addSingle(hash, table.lastOf(number))
      else writer.add(hash, table.spansOf(number))
    }
    slices[slice] = writer.finish()
  }
  return slices
}

/** The slice of a hash, of two to the power of `bits`. */
export function sliceOf(hash: number, bits: number): number {
  return bits === 0 ? 0 : hash >>> (32 - bits)
}

function sliceEnd(hashes: Uint32Array, first: number, count: number, bits: number): number {
  const slice = sliceOf(hashes[first] as number, bits)
  let end = first + 1
  while (end < count && sliceOf(hashes[end] as number, bits) === slice) end++
  return end
}

const none = new Uint8Array(0)

/** Which sets of spans have a term together. */
interface SharedTerm {
  readonly shapes: number[]
  readonly groups: number[]
  readonly whats: number[]
}

const noSets: SharedTerm = { shapes: [], groups: [], whats: [] }

function sharedTerms(block: OpenBlock, withNames: boolean): ReadonlyMap<number, SharedTerm> {
  const shared = new Map<number, SharedTerm>()
  const add = (kind: keyof SharedTerm, hashes: Iterable<number>, set: number): void => {
    for (const hash of hashes) {
      const term = shared.get(hash)
      if (term === undefined) shared.set(hash, { shapes: [], groups: [], whats: [], [kind]: [set] })
      else if (term[kind].at(-1) !== set) term[kind].push(set)
    }
  }
  for (const [shape, keys] of block.spanTerms.shapeKeys.entries()) add('shapes', keys, shape)
  for (const group of block.groups.keys()) add('groups', block.groupTerms(group), group)
  if (!withNames) return shared
  for (const [what, { name }] of block.whats.entries()) add('whats', [nameHash(name)], what)
  return shared
}

/** Gives the spans of a shared term, ascending, valid until the next one is asked for. */
function sharedSpans(block: OpenBlock): (hash: number, term: SharedTerm) => Uint16Array {
  const { spanCount } = block
  const { shapes, shapeKeys } = block.spanTerms
  const byShape = membersOf(shapes, shapeKeys.length)
  const byGroup = membersOf(block.columns.groups, block.groups.length)
  const byWhat = membersOf(block.columns.whats, block.whats.length)
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
    const [what] = term.whats
    if (own === 0 && what === undefined) {
      if (term.shapes.length === 1 && group === undefined) return byShape(shape ?? 0)
      if (term.groups.length === 1 && shape === undefined) return byGroup(group ?? 0)
    }
    const mark = (members: Uint16Array): void => {
      for (let at = 0; at < members.length; at++) marks[members[at] as number] = 1
    }
    for (const set of term.shapes) mark(byShape(set))
    for (const set of term.groups) mark(byGroup(set))
    for (const set of term.whats) mark(byWhat(set))
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
