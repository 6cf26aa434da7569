import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { checkFile } from '../../../src/stores/sqlite/check-file.ts'
import type { SqliteStoreOptions } from '../../../src/stores/sqlite/sqlite-store.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf, filesIn, never, openFor, spanIdsOf, until } from './store-samples.ts'

t.setTimeout(120_000)

const hourMs = 3_600_000
/** Blocks that are quickly full, so that few spans make many. */
const smallBlocks = { spans: 20, bodyBytes: 1024 * 1024 }

/** A store of which a test can look into the files while it is open. */
async function openAt(t: Test, path: string, options: Partial<SqliteStoreOptions> = {}) {
  const store = await openFor(t, { path, groupWaitMs: 0, ...options })
  return { store, path }
}

/** The answer of one statement about a file. */
function ask(path: string, file: string, sql: string): number {
  const database = new Database(join(path, file), { readonly: true })
  try {
    return Number(database.prepare(sql).pluck().get())
  } finally {
    database.close()
  }
}

/** Nothing is wrong in any file, as far as `spangate storage check` finds. */
function checkFiles(t: Test, path: string): number {
  let spans = 0
  for (const file of filesIn(path)) {
    const report = checkFile(join(path, file))
    t.same(report.problems, [], file)
    spans += report.spans
  }
  return spans
}

/** The traces that a search for an attribute finds, in its order. */
async function tracesWith(store: SpanStore, key: string, value: string): Promise<number[]> {
  const filter = {
    kind: 'call',
    op: 'eq',
    args: [
      { kind: 'attr', key, level: 'span' },
      { kind: 'string', value },
    ],
  } as const
  const found: number[] = []
  for await (const one of store.find('', { filter, limit: 1000 }, never)) {
    if (one.kind === 'trace') found.push(new DataView(one.traceId.buffer).getUint32(12))
  }
  return found
}

/** One span with an attribute that no other trace has. */
function marked(trace: number, arrivalUnixMs: number): SpanBatch {
  const attributes = { mark: `trace ${trace}` }
  const startMicros = arrivalUnixMs * 1000
  const spans = [sampleSpan({ trace, id: 1, startMicros, attributes })]
  return sampleBatch([sampleGroup(spans)], arrivalUnixMs)
}

t.test('spans go into the file of the hour in which they arrived', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t))
  const now = Math.floor(Date.now() / hourMs) * hourMs
  for (const [trace, arrivalUnixMs] of [
    [1, now],
    [2, now - 1],
    [3, now - 5 * hourMs],
    [4, now],
  ] as const) {
    await store.write('', batchOf({ trace, count: 2, arrivalUnixMs }), never)
  }
  const names = [now - 5 * hourMs, now - hourMs, now].map(
    (ms) => `spans-${new Date(ms).toISOString().replaceAll('-', '').slice(0, 11)}-000.db`,
  )
  t.same(filesIn(path), names)
  for (const trace of [1, 2, 3, 4]) t.same(await spanIdsOf(store, trace), [1, 2])
  t.same(
    filesIn(path).map((file) => ask(path, file, 'SELECT total(span_count) FROM pending')),
    [2, 2, 4],
  )
})

t.test('many hours at once are all written, with few files open', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t))
  const now = Date.now()
  const writes = Array.from({ length: 60 }, (_, at) => {
    const arrivalUnixMs = now - (at % 12) * hourMs
    return store.write('', batchOf({ trace: at + 1, count: 3, arrivalUnixMs }), never)
  })
  await Promise.all(writes)
  t.equal(filesIn(path).length, 12)
  for (let trace = 1; trace <= 60; trace++) t.same(await spanIdsOf(store, trace), [1, 2, 3])
  await store.close()
  t.equal(checkFiles(t, path), 180)
})

t.test('a file that is large enough is followed by another one of its hour', async (t) => {
  const path = testDirectory(t)
  const { store } = await openAt(t, path, { fileBytesMax: 1_000_000 })
  const arrivalUnixMs = Date.now()
  for (let part = 0; part < 30; part++) {
    const batch = batchOf({ trace: 1, firstId: part + 1, padding: 200_000, arrivalUnixMs })
    await store.write('', batch, never)
  }
  const files = filesIn(path)
  t.ok(files.length >= 4 && files.length <= 8, `${files.length} files`)
  t.same(
    files.map((name) => name.slice(-6)),
    files.map((_, at) => `00${at}.db`),
  )
  t.equal((await spanIdsOf(store, 1)).length, 30)
  await store.close()
  for (const file of files) t.ok(statSync(join(path, file)).size < 2_500_000, file)
  const again = await openFor(t, { path })
  t.equal((await spanIdsOf(again, 1)).length, 30)
  await again.close()
  t.equal(checkFiles(t, path), 30)
})

t.test('a quiet tenant leaves few rows, and a block when it has enough', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t))
  const arrivalUnixMs = Date.now()
  for (let at = 0; at < 1100; at++) {
    await store.write(
      'quiet',
      batchOf({ trace: (at % 7) + 1, firstId: at + 1, arrivalUnixMs }),
      never,
    )
  }
  const [file = ''] = filesIn(path)
  t.equal(ask(path, file, 'SELECT total(span_count) FROM pending'), 1100)
  const rows = ask(path, file, 'SELECT count(*) FROM pending')
  t.ok(rows <= 64, `${rows} rows for 1100 commits`)
  t.equal((await spanIdsOf(store, 1, 'quiet')).length, 158)
  const large = batchOf({ trace: 50, count: 1500, arrivalUnixMs })
  await store.write('quiet', large, never)
  await store.write('quiet', { ...large, arrivalUnixMs: arrivalUnixMs + 1 }, never)
  t.equal(ask(path, file, 'SELECT count(*) FROM pending'), 0)
  t.equal(ask(path, file, 'SELECT span_count FROM block'), 4100)
  t.equal((await spanIdsOf(store, 50, 'quiet')).length, 1500, 'a repeat is shown once')
  await store.close()
  t.equal(checkFiles(t, path), 4100)
})

t.test('a large request is cut into blocks at once', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t))
  const arrivalUnixMs = Date.now()
  const many = batchOf({ trace: 1, count: 15_000, arrivalUnixMs })
  await store.write('', many, never)
  const [file = ''] = filesIn(path)
  t.equal(ask(path, file, 'SELECT count(*) FROM block'), 3)
  t.equal(ask(path, file, 'SELECT count(*) FROM pending'), 0)
  const heavy = batchOf({ trace: 2, count: 20, padding: 700_000, arrivalUnixMs })
  await store.write('', heavy, never)
  t.ok(ask(path, file, 'SELECT count(*) FROM block') >= 5, 'bodies count as well')
  t.equal((await spanIdsOf(store, 1)).length, 15_000)
  t.equal((await spanIdsOf(store, 2)).length, 20)
  await store.close()
  t.equal(checkFiles(t, path), 15_020)
})

t.test('chunks of pending spans become those of their block', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t), {
    blockLimits: { spans: 40, bodyBytes: 8e6 },
  })
  const arrivalUnixMs = Date.now()
  for (let part = 0; part < 4; part++) {
    const ten = { firstId: part * 10 + 1, count: 10, padding: 9000, arrivalUnixMs }
    await store.write('', batchOf({ trace: 1, ...ten }), never)
    const one = { trace: 2, firstId: part + 1, arrivalUnixMs }
    if (part < 3) await store.write('', batchOf(one), never)
  }
  const [file = ''] = filesIn(path)
  t.equal(ask(path, file, 'SELECT count(*) FROM block'), 1)
  t.equal(ask(path, file, 'SELECT count(*) FROM pending'), 0)
  t.equal((await spanIdsOf(store, 1)).length, 40)
  t.equal((await spanIdsOf(store, 2)).length, 3)
  await store.close()
  t.equal(checkFiles(t, path), 43)
})

t.test('spans of 1970 and of 2100 do not stretch the block of the others', async (t) => {
  const { store, path } = await openAt(t, testDirectory(t), { blockLimits: smallBlocks })
  const arrivalUnixMs = Date.now()
  const spans = Array.from({ length: 30 }, (_, at) => {
    const startMicros = [arrivalUnixMs * 1000, 1_000_000, Date.UTC(2100, 1) * 1000][at % 3] ?? 0
    return sampleSpan({ trace: at + 1, id: 1, startMicros })
  })
  await store.write('', sampleBatch([sampleGroup(spans)], arrivalUnixMs), never)
  const [file = ''] = filesIn(path)
  const near = `FROM block WHERE max_micros - min_micros < 600000000`
  t.equal(ask(path, file, `SELECT span_count ${near}`), 10)
  t.equal(ask(path, file, 'SELECT total(span_count) FROM block'), 30)
  const found: number[] = []
  for await (const one of store.find('', { limit: 100 }, never)) {
    if (one.kind === 'trace') found.push(new DataView(one.traceId.buffer).getUint32(12))
  }
  t.equal(found.length, 30)
  const future = found.slice(0, 10).map((trace) => trace % 3)
  t.same(new Set(future), new Set([0]), 'the future comes first, an hour ahead at most')
  await store.close()
  t.equal(checkFiles(t, path), 30)
})

t.test('segments, blocks in none and pending spans are found alike, also later', async (t) => {
  const path = testDirectory(t)
  const arrivalUnixMs = Date.now()
  const options = { blockLimits: smallBlocks }
  const first = await openAt(t, path, options)
  const traces = 64 * 20 + 3 * 20 + 5
  const writeSome = async (store: SpanStore, from: number, to: number): Promise<void> => {
    for (let trace = from; trace <= to; trace++)
      await store.write('', marked(trace, arrivalUnixMs), never)
  }
  await writeSome(first.store, 1, traces)
  const [file = ''] = filesIn(path)
  const segments = (): number => ask(path, file, 'SELECT total(blocks) FROM segment')
  await until(() => segments() === 64)
  t.equal(ask(path, file, 'SELECT count(*) FROM block'), 67)
  t.equal(ask(path, file, 'SELECT total(span_count) FROM pending'), 5)
  const places = { segment: 7, last: 64 * 20, unsegmented: 64 * 20 + 25, pending: traces }
  const look = async (store: SpanStore): Promise<void> => {
    for (const [place, trace] of Object.entries(places)) {
      t.same(await spanIdsOf(store, trace), [1], place)
      t.same(await tracesWith(store, 'mark', `trace ${trace}`), [trace], place)
    }
    t.same(await spanIdsOf(store, traces + 5000), [])
    t.same(await tracesWith(store, 'mark', 'none'), [])
  }
  // More than once: reads take the traces of segments into memory bit by bit.
  for (let round = 0; round < 3; round++) await look(first.store)
  await first.store.close()
  const second = await openAt(t, path, options)
  for (let round = 0; round < 3; round++) await look(second.store)
  // The segment that is not full is gathered anew, and goes on.
  await writeSome(second.store, traces + 1, 2 * 64 * 20)
  await until(() => segments() === 128)
  for (let round = 0; round < 3; round++) await look(second.store)
  t.same(await tracesWith(second.store, 'mark', `trace ${traces + 9}`), [traces + 9])
  await second.store.close()
  t.equal(checkFiles(t, path), 2 * 64 * 20)
})

t.test('a file whose hour is over is finished by the next process', async (t) => {
  const path = testDirectory(t)
  const options = { blockLimits: smallBlocks }
  const arrivalUnixMs = Date.now() - 3 * hourMs
  const { store } = await openAt(t, path, options)
  for (let trace = 1; trace <= 50; trace++)
    await store.write('', marked(trace, arrivalUnixMs), never)
  await store.close()
  const [file = ''] = filesIn(path)
  t.equal(ask(path, file, 'SELECT count(*) FROM segment'), 0)
  const again = await openFor(t, { path, ...options })
  await until(() => ask(path, file, 'SELECT total(blocks) FROM segment') === 3)
  t.equal(ask(path, file, 'SELECT count(*) FROM pending'), 0)
  for (const trace of [1, 45]) {
    t.same(await spanIdsOf(again, trace), [1])
    t.same(await tracesWith(again, 'mark', `trace ${trace}`), [trace])
  }
  // Late spans of that hour still come into it.
  await again.write('', marked(51, arrivalUnixMs), never)
  t.same(filesIn(path), [file])
  t.same(await tracesWith(again, 'mark', 'trace 51'), [51])
  await again.close()
  t.equal(checkFiles(t, path), 51)
})

t.test('tenants do not see each other in blocks that a segment knows together', async (t) => {
  const path = testDirectory(t)
  const { store } = await openAt(t, path, { blockLimits: smallBlocks })
  const arrivalUnixMs = Date.now()
  for (let at = 1; at <= 40; at++) {
    for (const tenant of ['', 'other']) {
      const batch = batchOf({ trace: 1, firstId: at, service: `of ${tenant}`, arrivalUnixMs })
      await store.write(tenant, batch, never)
    }
  }
  t.equal((await spanIdsOf(store, 1)).length, 40)
  t.equal((await spanIdsOf(store, 1, 'other')).length, 40)
  t.same(await spanIdsOf(store, 1, 'third'), [])
  t.same(await store.services(''), ['of '])
  t.same(await store.services('other'), ['of other'])
})
