import t from 'tap'
import { limitSearches } from '../../src/query/limit-searches.ts'
import { patience } from '../conformance/answer.ts'
import { scriptedStore } from './scripted-store.ts'

t.test('limitSearches() refuses one search too many, and takes others when one ends', async (t) => {
  const counts = new Map<string, number>()
  const metrics = {
    add: (name: string, value: number) => void counts.set(name, (counts.get(name) ?? 0) + value),
  }
  const store = limitSearches(scriptedStore({}), { searchesMax: 2, metrics })
  const open = () => store.find('', { limit: 1 }, patience)[Symbol.asyncIterator]()
  const first = open()
  const second = store.summaries('', { limit: 1 }, patience)[Symbol.asyncIterator]()
  t.same(await first.next(), { done: false, value: { kind: 'end', bound: undefined } })
  await second.next()
  await t.rejects(open().next(), {
    code: 'overloaded',
    retryAfterMs: 1000,
    message: /2 searches are under way \(search\.max-concurrent\)/,
  })
  t.equal(counts.get('spangate_searches_refused_total'), 1)
  t.equal(counts.get('spangate_searches_under_way'), 2)
  t.same(await store.services(''), [], 'names are not counted')
  await first.return?.()
  const third = open()
  t.equal((await third.next()).done, false)
  await third.next()
  await second.return?.()
  t.equal(counts.get('spangate_searches_under_way'), 0)
  t.equal((await open().next()).done, false)
})

t.test('a search that fails gives its place back', async (t) => {
  const store = limitSearches(
    scriptedStore({
      find: async function* () {
        yield* []
        throw new Error('broken')
      },
    }),
    { searchesMax: 1, metrics: { add: () => {} } },
  )
  for (let round = 0; round < 3; round++) {
    await t.rejects(store.find('', { limit: 1 }, patience)[Symbol.asyncIterator]().next(), /broken/)
  }
})
