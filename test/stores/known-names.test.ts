import t from 'tap'
import { KnownNames } from '../../src/stores/known-names.ts'

t.test('add() tells names apart by each of their parts, until clear()', async (t) => {
  const known = new KnownNames()
  const names: readonly [string, string, string, number][] = [
    ['t', 's', 'GET /', 2],
    ['u', 's', 'GET /', 2],
    ['t', 'r', 'GET /', 2],
    ['t', 's', 'PUT /', 2],
    ['t', 's', 'GET /', 3],
  ]
  t.same(
    names.map((name) => known.add(...name)),
    [true, true, true, true, true],
  )
  t.same(
    names.map((name) => known.add(...name)),
    [false, false, false, false, false],
  )
  known.clear()
  t.ok(known.add('t', 's', 'GET /', 2))
})

t.test('add() forgets all when they are too many, and gives them again', async (t) => {
  const known = new KnownNames()
  for (let name = 0; name < 50_000; name++) known.add('t', 's', `${name}`, 0)
  t.notOk(known.add('t', 's', '0', 0))
  t.ok(known.add('t', 's', 'one more', 0))
  t.ok(known.add('t', 's', '0', 0))
})
