import t from 'tap'
import { TermTable } from '../../src/blocks/term-table.ts'
import { Chance } from '../conformance/generate.ts'

/** What a table must hold: the spans of each hash, ascending. */
function expectedOf(values: readonly (readonly number[])[]): Map<number, number[]> {
  const expected = new Map<number, number[]>()
  values.forEach((ofSpan, span) => {
    for (const hash of new Set(ofSpan)) {
      const spans = expected.get(hash) ?? []
      expected.set(hash, spans)
      spans.push(span)
    }
  })
  return expected
}

function fill(table: TermTable, values: readonly (readonly number[])[]): void {
  let end = 0
  const ends = values.map((ofSpan) => {
    end += ofSpan.length
    return end
  })
  table.fill(Uint32Array.from(values.flat()), Uint32Array.from(ends), 7)
}

t.test('fill() lists the spans of each hash, whatever was there before', async (t) => {
  const chance = new Chance(11)
  const table = new TermTable()
  for (const [spans, distinct] of [
    [3000, 40_000],
    [50, 5],
    [1, 1],
    [400, 100_000],
  ] as const) {
    const values = Array.from(Array(spans).keys(), () =>
      Array.from(Array(chance.below(20)).keys(), () => (chance.below(distinct) * 2_654_435) >>> 0),
    )
    fill(table, values)
    const expected = expectedOf(values)
    t.equal(table.count, expected.size)
    for (const [hash, of] of expected) {
      const number = table.numberOf(hash)
      const found = Array.from(table.spansOf(number))
      if (table.hashOf(number) !== hash || found.join() !== of.join()) t.same(found, of)
      if (table.countOf(number) !== of.length) t.equal(table.countOf(number), of.length)
      if (table.lastOf(number) !== of.at(-1)) t.equal(table.lastOf(number), of.at(-1))
    }
    t.equal(table.numberOf(0xdead_beef), 0)
  }
})

t.test('fill() holds as many different hashes as its first arrays are long', async (t) => {
  const values = [Array.from({ length: 1024 }, (_, at) => (at + 1) * 2_654_435)]
  const table = new TermTable()
  fill(table, values)
  t.equal(table.count, 1024)
  t.equal(table.hashOf(1024), 1024 * 2_654_435)
  t.equal(table.countOf(1024), 1)
})

t.test('fill() takes hashes of all bits and none', async (t) => {
  const table = new TermTable()
  fill(table, [[0, 0xffff_ffff, 0], [], [0xffff_ffff]])
  t.equal(table.count, 2)
  t.same(Array.from(table.spansOf(table.numberOf(0))), [0])
  t.same(Array.from(table.spansOf(table.numberOf(0xffff_ffff))), [0, 2])
})

t.test('fill() with a seed spreads hashes that come to one slot with another', async (t) => {
  // Upper bits all the same: neighbours where the hash itself decides the slot.
  const chosen = Array.from(Array(60_000).keys())
  const table = new TermTable()
  const start = process.cpuUsage()
  fill(table, [chosen])
  const { user, system } = process.cpuUsage(start)
  const elapsedMs = (user + system) / 1000
  t.equal(table.count, chosen.length)
  t.ok(elapsedMs < 1000, `${elapsedMs} ms`)
})
