import t from 'tap'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { batchOf, never, openFor, retentionMs, spanIdsOf } from './store-samples.ts'

t.test('write() keeps spans that trace() gives, also after reopening', async (t) => {
  const path = t.testdir()
  const store = await openFor(t, { path })
  t.same(await store.write('', batchOf({ trace: 1, count: 3 }), never), { rejected: [] })
  await store.write('', batchOf({ trace: 2 }), never)
  t.same(await spanIdsOf(store, 1), [1, 2, 3])
  await store.close()
  const again = await openSqliteStore({ path, retentionMs })
  t.same(await spanIdsOf(again, 1), [1, 2, 3])
  t.same(await spanIdsOf(again, 2), [1])
  t.same(await spanIdsOf(again, 3), [])
  t.same(await again.services(''), ['shop'])
  t.same(await again.operations('', 'shop'), [{ name: 'operation', spanKind: 1 }])
  await again.close()
})
