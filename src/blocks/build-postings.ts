import type { OpenBlock, OpenTerms } from './open-block.ts'
import { PostingsWriter } from './postings.ts'
import { sortTerms } from './sort-terms.ts'

/**
 * The terms of a block as postings. What many spans have together is handled once: the attributes of
 * a group, and the keys of spans that have the same keys (spans of one operation mostly do).
 */
export function buildPostings(block: OpenBlock): Uint8Array {
  const { spanCount } = block
  const { groups } = block.columns
  const terms = block.spanTerms
  const shapes = shapesOf(terms, spanCount)
  const bySpanGroup = membersOf(groups, block.groups.length)
  const byShape = membersOf(shapes.ofSpan, shapes.first.length)
  const { hashes, members, count: pairCount } = sortTerms(pairsOf(block, terms, shapes.first))
  const writer = new PostingsWriter(spanCount, pairCount)
  const marks = new Uint8Array(spanCount)
  const spans = new Uint16Array(spanCount)
  for (let at = 0; at < pairCount; ) {
    const hash = hashes[at] as number
    const member = members[at] as number
    // Most hashes are of one span: ids and the like.
    if (member < firstGroup && hashes[at + 1] !== hash) {
      writer.addSingle(hash, member)
      at++
      continue
    }
    let end = at + 1
    while (end < pairCount && hashes[end] === hash) end++
    let count = 0
    if ((members[end - 1] as number) < firstGroup) count = takeSpans(members, at, end, spans)
    else {
      for (; at < end; at++) markMember(members[at] as number)
      count = takeMarks(marks, spans)
    }
    writer.add(hash, spans, count)
    at = end
  }
  return writer.finish()

  function markMember(member: number): void {
    if (member < firstGroup) {
      marks[member] = 1
      return
    }
    const all =
      member < firstShape ? bySpanGroup(member - firstGroup) : byShape(member - firstShape)
    for (const span of all) marks[span] = 1
  }
}

/** Spans in the order in which they came, without repeats, which are next to each other. */
function takeSpans(members: Uint32Array, start: number, end: number, spans: Uint16Array): number {
  let count = 0
  let before = -1
  for (let at = start; at < end; at++) {
    const span = members[at] as number
    if (span === before) continue
    before = span
    spans[count++] = span
  }
  return count
}

/** Members of a pair: a span, or all spans of a group, or all spans of a shape. */
const firstGroup = 0x1_0000
const firstShape = 0x2_0000

function pairsOf(
  block: OpenBlock,
  terms: OpenTerms,
  shapes: readonly number[],
): Parameters<typeof sortTerms>[0] {
  let most = terms.hashes.length
  const groupTerms = Array.from(block.groups.keys(), (group) => block.groupTerms(group))
  for (const ofGroup of groupTerms) most += ofGroup.length
  const hashes = new Uint32Array(most)
  const members = new Uint32Array(most)
  let count = 0
  for (let span = 0; span < block.spanCount; span++) {
    const end = terms.ends[span] as number
    for (let at = terms.keyEnds[span] as number; at < end; at++) {
      hashes[count] = terms.hashes[at] as number
      members[count++] = span
    }
  }
  groupTerms.forEach((ofGroup, number) => {
    for (const hash of ofGroup) {
      hashes[count] = hash
      members[count++] = firstGroup + number
    }
  })
  shapes.forEach((span, shape) => {
    const start = span === 0 ? 0 : (terms.ends[span - 1] as number)
    for (let at = start; at < (terms.keyEnds[span] as number); at++) {
      hashes[count] = terms.hashes[at] as number
      members[count++] = firstShape + shape
    }
  })
  return { hashes, members, count }
}

/** Which shape each span has, and the first span of each shape. */
function shapesOf(
  { hashes, keyEnds, ends }: OpenTerms,
  spanCount: number,
): { readonly ofSpan: Uint16Array; readonly first: readonly number[] } {
  const ofSpan = new Uint16Array(spanCount)
  const first: number[] = []
  const byHash = new Map<number, number[]>()
  for (let span = 0; span < spanCount; span++) {
    const start = span === 0 ? 0 : (ends[span - 1] as number)
    const end = keyEnds[span] as number
    let hash = end - start
    for (let at = start; at < end; at++)
      hash = Math.imul(hash ^ (hashes[at] as number), 0x85eb_ca6b)
    const alike = byHash.get(hash)
    const known = alike?.find((shape) => {
      const other = first[shape] as number
      const otherStart = other === 0 ? 0 : (ends[other - 1] as number)
      if ((keyEnds[other] as number) - otherStart !== end - start) return false
      for (let at = start; at < end; at++) {
        if (hashes[at] !== hashes[otherStart + at - start]) return false
      }
      return true
    })
    ofSpan[span] = known ?? first.length
    if (known !== undefined) continue
    if (alike === undefined) byHash.set(hash, [first.length])
    else alike.push(first.length)
    first.push(span)
  }
  return { ofSpan, first }
}

/** The spans of each set, ascending. */
function membersOf(setOfSpan: Uint16Array, sets: number): (set: number) => Uint16Array {
  const starts = new Uint32Array(sets + 1)
  for (const set of setOfSpan) starts[set + 1] = (starts[set + 1] as number) + 1
  for (let set = 0; set < sets; set++) {
    starts[set + 1] = (starts[set + 1] as number) + (starts[set] as number)
  }
  const spans = new Uint16Array(setOfSpan.length)
  const next = starts.slice()
  setOfSpan.forEach((set, span) => {
    const at = next[set] as number
    next[set] = at + 1
    spans[at] = span
  })
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
