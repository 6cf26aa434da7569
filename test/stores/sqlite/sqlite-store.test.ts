import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { SearchBound, SpanStore } from '../../../src/ports/span-store.ts'
import { traceIdOf } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf, filesIn, never, openFor, spanIdsOf, until } from './store-samples.ts'

t.test('write() keeps spans that trace() gives, also after reopening', async (t) => {
  const path = testDirectory(t)
  const store = await openFor(t, { path })
  t.same(await store.write('', batchOf({ trace: 1, count: 3 }), never), { rejected: [] })
  await store.write('', batchOf({ trace: 2 }), never)
  t.same(await spanIdsOf(store, 1), [1, 2, 3])
  await store.close()
  const again = await openFor(t, { path })
  t.same(await spanIdsOf(again, 1), [1, 2, 3])
  t.same(await spanIdsOf(again, 2), [1])
  t.same(await spanIdsOf(again, 3), [])
  t.same(await again.services(''), ['shop'])
  t.same(await again.operations('', 'shop'), [{ name: 'operation', spanKind: 1 }])
})

t.test('write() leaves the batch to its caller', async (t) => {
  const store = await openFor(t, { path: testDirectory(t) })
  const batch = batchOf({ trace: 1 })
  const before = Buffer.from(batch.bytes).toString('hex')
  await store.write('', batch, never)
  t.equal(Buffer.from(batch.bytes).toString('hex'), before)
  t.ok(batch.spans.length > 0)
})

t.test('write() takes back what was aborted before its commit, and only that', async (t) => {
  const store = await openFor(t, { path: testDirectory(t), groupWaitMs: 300 })
  const controller = new AbortController()
  const gone = store.write('', batchOf({ trace: 1 }), controller.signal)
  const other = store.write('', batchOf({ trace: 2 }), never)
  controller.abort()
  await t.rejects(gone, { code: 'cancelled' })
  await other
  t.same(await spanIdsOf(store, 1), [])
  t.same(await spanIdsOf(store, 2), [1])
})

t.test('write() of a bad request does not fail the others of its commit', async (t) => {
  const store = await openFor(t, { path: testDirectory(t), groupWaitMs: 100 })
  const bad: SpanBatch = { ...batchOf({ trace: 1 }), arrivalUnixMs: Number.NaN }
  const outcomes = await Promise.allSettled([
    store.write('', batchOf({ trace: 2 }), never),
    store.write('', bad, never),
    store.write('', batchOf({ trace: 3 }), never),
  ])
  t.same(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(await spanIdsOf(store, 1), [])
  t.same(await spanIdsOf(store, 2), [1])
  t.same(await spanIdsOf(store, 3), [1])
})

t.test('find() ends at its bounds and names the one', async (t) => {
  const path = testDirectory(t)
  const searchBounds = { timeMaxMs: 60_000, spansMax: 20 }
  const store = await openFor(t, { path, searchBounds })
  for (let trace = 1; trace <= 100; trace++) await store.write('', batchOf({ trace }), never)
  t.same(await boundOf(store, 1), undefined, 'newest first: it was enough to look at few')
  t.same(await boundOf(store, 100), { setting: 'search.max-spans', limit: 20 })
})

async function boundOf(store: SpanStore, limit: number): Promise<SearchBound | undefined> {
  for await (const found of store.find('', { limit }, never)) {
    if (found.kind === 'end') return found.bound
  }
  throw new Error('no end')
}

/** Ends what a test waits for in vain. */
const soon = (): AbortSignal => AbortSignal.timeout(20_000)

t.test('reads go on while the readers of others take nothing', async (t) => {
  const store = await openFor(t, { path: testDirectory(t) })
  for (let part = 0; part < 8; part++) {
    await store.write(
      '',
      batchOf({ trace: 1, firstId: part * 10 + 1, count: 10, padding: 60_000 }),
      never,
    )
  }
  await store.write('', batchOf({ trace: 2, count: 3 }), never)
  const begin = async (trace: number) => {
    const ref = { traceId: traceIdOf(trace) }
    const parts = store.trace('', ref, soon())[Symbol.asyncIterator]()
    await parts.next()
    return parts
  }
  // What is left of a large trace waits in the thread, a small one has been sent whole.
  const large = await Promise.all(Array.from({ length: 60 }, () => begin(1)))
  const small = await Promise.all(Array.from({ length: 60 }, () => begin(2)))
  t.equal((await spanIdsOf(store, 1)).length, 80)
  t.same(await store.services(''), ['shop'])
  let rest = 0
  while (!(await large[0]?.next())?.done) rest += 1
  t.ok(rest > 0, 'one that waited goes on')
  await Promise.all([...large, ...small].map((parts) => parts.return?.()))
})

t.test('reads wait for those that take nothing only when there are very many', async (t) => {
  const store = await openFor(t, { path: testDirectory(t) })
  for (let part = 0; part < 8; part++) {
    await store.write(
      '',
      batchOf({ trace: 1, firstId: part * 10 + 1, count: 10, padding: 60_000 }),
      never,
    )
  }
  const ref = { traceId: traceIdOf(1) }
  let arrived = 0
  const read = async (): Promise<void> => {
    const parts = store.trace('', ref, soon())[Symbol.asyncIterator]()
    await parts.next()
    arrived += 1
    await until(() => arrived >= 64)
    await parts.return?.()
  }
  // The last ones come when others leave.
  await Promise.all(Array.from({ length: 70 }, read))
  t.equal((await spanIdsOf(store, 1)).length, 80)
})

t.test('reads beyond those that may wait are refused, told and named', async (t) => {
  const kinds: string[] = []
  const store = await openFor(t, {
    path: testDirectory(t),
    readers: 1,
    waitingReadsMax: 3,
    onEvent: ({ kind }) => kinds.push(kind),
  })
  for (let part = 0; part < 8; part++) {
    const firstId = part * 10 + 1
    await store.write('', batchOf({ trace: 1, firstId, count: 10, padding: 60_000 }), never)
  }
  const ref = { traceId: traceIdOf(1) }
  const reads = Array.from({ length: 200 }, () =>
    store.trace('', ref, soon())[Symbol.asyncIterator](),
  )
  const failures: unknown[] = []
  for (const read of reads) read.next().catch((error: unknown) => failures.push(error))
  await until(() => failures.length > 0)
  t.match(failures[0], {
    code: 'overloaded',
    message: 'Cannot read: 3 reads wait already (store.sqlite.max-waiting-reads)',
    retryAfterMs: 1000,
  })
  t.equal(kinds.filter((kind) => kind === 'read_refused').length, failures.length)
  await Promise.all(reads.map((read) => read.return?.()))
  t.equal((await spanIdsOf(store, 1)).length, 80, 'others are served again')
})

t.test('any number of calls with one signal have one listener on it', async (t) => {
  const store = await openFor(t, { path: testDirectory(t), groupWaitMs: 50 })
  await store.write('', batchOf({ trace: 1, count: 4 }), never)
  const { signal } = new AbortController()
  const writes = Array.from({ length: 20 }, (_, at) =>
    store.write('', batchOf({ trace: at + 2 }), signal),
  )
  // More than one thread takes turns with, so that some wait for a turn.
  const readers = Array.from({ length: 40 }, () =>
    store.trace('', { traceId: traceIdOf(1) }, signal)[Symbol.asyncIterator](),
  )
  const firsts = readers.map((reader) => reader.next())
  t.equal(getEventListeners(signal, 'abort').length, 1)
  await Promise.all(writes)
  for (const [at, reader] of readers.entries()) {
    await firsts[at]
    await reader.return?.()
  }
  t.equal(getEventListeners(signal, 'abort').length, 0, 'none is left')
})

t.test('a signal ends all calls that have it', async (t) => {
  const store = await openFor(t, { path: testDirectory(t), groupWaitMs: 60_000 })
  const controller = new AbortController()
  const { signal } = controller
  const calls = [1, 2, 3].map((trace) => store.write('', batchOf({ trace }), signal))
  const reads = [1, 2].map(async () => {
    for await (const _ of store.find('', { limit: 10 }, signal)) t.fail('nothing is stored')
  })
  controller.abort()
  const outcomes = await Promise.allSettled([...calls, ...reads])
  t.match(outcomes, Array(5).fill({ status: 'rejected', reason: { code: 'cancelled' } }))
})

const noCli = spawnSync('sqlite3', ['-version']).status === 0 ? false : 'needs the sqlite3 program'

t.test('the sqlite3 program reads an open store', { skip: noCli }, async (t) => {
  const path = testDirectory(t)
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 1, count: 4 }), never)
  const [file] = filesIn(path)
  const query = ['-readonly', `${path}/${file}`, 'SELECT sum(span_count) FROM pending']
  const { stdout, stderr } = spawnSync('sqlite3', query, { encoding: 'utf8' })
  t.equal(stdout.trim(), '4', stderr)
  await store.write('', batchOf({ trace: 2 }), never)
})
