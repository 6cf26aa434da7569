import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf, never, openFor, spanIdsOf } from './store-samples.ts'

t.test('write() after somebody removed the files goes on in another file', async (t) => {
  const path = join(testDirectory(t), 'data')
  const events: StoreEvent[] = []
  const store = await openFor(t, { path, onEvent: (event) => events.push(event) })
  await store.write('', batchOf({ trace: 1 }), never)
  for (const name of readdirSync(path)) {
    if (name.startsWith('spans-')) rmSync(join(path, name))
  }
  await store.write('', batchOf({ trace: 2, count: 3 }), never)
  t.equal((await spanIdsOf(store, 2)).length, 3, 'what was acknowledged after that is there')
  t.match(
    events.filter(({ kind }) => kind === 'file_damaged'),
    [{ error: { message: /was removed while it was written to/ } }],
  )
})

t.test('write() and trace() without the directory fail until it is back', async (t) => {
  const path = join(testDirectory(t), 'data')
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 1 }), never)
  rmSync(path, { recursive: true })
  const away = { code: 'store_unavailable', retryable: true, message: /ENOENT/ }
  await t.rejects(store.write('', batchOf({ trace: 2 }), never), away)
  await t.rejects(spanIdsOf(store, 2), away)
  mkdirSync(path)
  await store.write('', batchOf({ trace: 3 }), never)
  t.equal((await spanIdsOf(store, 3)).length, 1)
})
