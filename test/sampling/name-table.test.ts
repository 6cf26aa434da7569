import t from 'tap'
import { NameTable } from '../../src/sampling/name-table.ts'

/** What it has, in order. */
function entriesOf(table: NameTable): readonly (readonly [name: string, number: number])[] {
  const entries: [string, number][] = []
  for (let place = 0; place < table.end; place++) {
    const number = table.numberAt(place)
    if (number >= 0) entries.push([table.nameAt(place), number])
  }
  return entries
}

/** A reproducible number below `count`. */
function chance(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % count
  }
}

t.test('NameTable says what a Map says, whatever is set and deleted', async (t) => {
  for (const names of [3, 40, 700, 70_000]) {
    const below = chance(names)
    const table = new NameTable()
    const map = new Map<string, number>()
    for (let step = 0; step < names * 6; step++) {
      const name = `${below(2) === 0 ? 'GET /' : 'Grüße €'}${below(names)}`
      if (below(3) > 0) {
        map.set(name, step)
        table.set(name, step)
      } else if (map.delete(name)) table.deleteAt(table.placeOf(name))
      else if (table.placeOf(name) >= 0) t.fail(`${name} is not there`)
    }
    t.equal(table.size, map.size)
    t.same(entriesOf(table), [...map])
    t.ok([...map].every(([name, number]) => table.get(name) === number))
    for (const name of [...map.keys()]) table.deleteAt(table.placeOf(name))
    t.same(entriesOf(table), [])
    table.set('again', 1)
    t.same(entriesOf(table), [['again', 1]])
  }
})

t.test('NameTable tells names apart that are alike', async (t) => {
  const table = new NameTable()
  const names = [
    '',
    'a',
    'aa',
    'A',
    'a\u0000',
    'ä',
    'a\u0308',
    '😀',
    'x'.repeat(512),
    'x'.repeat(513),
  ]
  for (const [at, name] of [...names, 'x'.repeat(1_000_000)].entries()) table.set(name, at)
  for (const [at, name] of names.entries()) t.equal(table.get(name), at, name.slice(0, 20))
  t.equal(table.get('x'.repeat(1_000_000)), names.length)
  t.equal(table.get('x'.repeat(511)), undefined)
  t.equal(table.nameAt(table.placeOf('😀')), '😀')
  t.same(
    names.map((name) => table.isEmptyAt(table.placeOf(name))),
    names.map((name) => name === ''),
  )
})

t.test('NameTable leaves places as they are while names are deleted', async (t) => {
  const table = new NameTable()
  for (let at = 0; at < 100; at++) table.set(`${at}`, at)
  for (let place = 0; place < 99; place++) {
    t.equal(table.nameAt(place), `${place}`)
    table.deleteAt(place)
  }
  t.same(entriesOf(table), [['99', 99]])
})
