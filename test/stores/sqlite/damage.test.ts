import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanStore, TraceSummary } from '../../../src/ports/span-store.ts'
import { checkFile } from '../../../src/stores/sqlite/check-file.ts'
import { ReadJobs } from '../../../src/stores/sqlite/read-jobs.ts'
import { SpanWriter } from '../../../src/stores/sqlite/span-writer.ts'
import { hourOf } from '../../../src/stores/sqlite/store-files.ts'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { traceIdOf } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf, filesIn, never, openFor, retentionMs, spanIdsOf, until } from './store-samples.ts'

t.setTimeout(120_000)

const blockLimits = { spans: 20, bodyBytes: 1024 * 1024 }

/** An open store with blocks of one trace each, whose file is damaged behind its back. */
async function damagedStore(t: Test, damage: string, blocks = 5) {
  const path = testDirectory(t)
  const events: StoreEvent[] = []
  const options = { path, blockLimits, onEvent: (event: StoreEvent) => events.push(event) }
  const store = await openFor(t, options)
  const arrivalUnixMs = Date.now()
  for (let trace = 1; trace <= blocks; trace++) {
    await store.write('', batchOf({ trace, count: 20, padding: 50, arrivalUnixMs }), never)
  }
  await store.write('', batchOf({ trace: 1, firstId: 100, arrivalUnixMs }), never)
  const [name = ''] = filesIn(path)
  const file = join(path, name)
  const database = new Database(file)
  database.exec(damage)
  database.close()
  return { store, events, path, file }
}

async function foundTraces(store: SpanStore): Promise<number[]> {
  const filter = {
    kind: 'call',
    op: 'exists',
    args: [{ kind: 'attr', key: 'padding', level: '' }],
  } as const
  const found: number[] = []
  for await (const one of store.find('', { filter, limit: 100 }, never)) {
    if (one.kind === 'trace') found.push(new DataView(one.traceId.buffer).getUint32(12))
  }
  return found.sort((left, right) => left - right)
}

async function summaries(store: SpanStore): Promise<TraceSummary[]> {
  const all: TraceSummary[] = []
  for await (const one of store.summaries('', { limit: 100 }, never)) {
    if (one.kind === 'summary') all.push(one)
  }
  return all
}

/** Overwrites a blob from its middle on, its length as it was. */
const garbled = (column: string): string =>
  `CAST(substr(${column}, 1, length(${column}) / 2) || zeroblob(length(${column}) - length(${column}) / 2) AS BLOB)`

for (const [what, damage] of [
  ['chunk', `UPDATE chunk SET bytes = ${garbled('bytes')} WHERE id = 3`],
  ['missing chunk', 'DELETE FROM chunk WHERE id = 3'],
  ['head', `UPDATE section SET bytes = ${garbled('bytes')} WHERE id = 3 * 8`],
  ['columns', `UPDATE section SET bytes = ${garbled('bytes')} WHERE id = 3 * 8 + 1`],
  ['missing part', 'DELETE FROM section WHERE id = 3 * 8 + 2'],
] as const) {
  t.test(`a damaged ${what} is told of, and answers go on without its block`, async (t) => {
    const { store, events, file } = await damagedStore(t, damage)
    t.same(await spanIdsOf(store, 3), [])
    t.match(events, [{ kind: 'damaged', error: { code: 'store_corrupt' } }])
    t.same(await foundTraces(store), [1, 2, 4, 5])
    t.ok(events.length >= 2, 'the search has told of it as well')
    t.equal((await spanIdsOf(store, 1)).length, 21)
    t.ok((await summaries(store)).length >= 4)
    const { problems } = checkFile(file)
    t.ok(problems.length > 0)
    t.match(problems[0], /^block 3: /)
  })
}

t.test('a trace of which a part is damaged comes without that part', async (t) => {
  const damage = `UPDATE chunk SET bytes = ${garbled('bytes')} WHERE id = 1`
  const { store, events } = await damagedStore(t, damage)
  t.same(await spanIdsOf(store, 1), [100])
  t.match(events, [{ kind: 'damaged' }])
})

t.test('damaged terms are told of, and the other blocks are found', async (t) => {
  const damage = `UPDATE section SET bytes = ${garbled('bytes')} WHERE id = 2 * 8 + 4`
  const { store, events, file } = await damagedStore(t, damage)
  t.same(await foundTraces(store), [1, 3, 4, 5])
  t.match(events, [{ kind: 'damaged' }])
  t.equal((await spanIdsOf(store, 2)).length, 20, 'its spans are there')
  t.match(checkFile(file).problems, [/^block 2: /])
})

t.test('a block with damaged terms stays findable once its segment is written', async (t) => {
  const directory = testDirectory(t)
  const hour = hourOf(Date.now()) - 2
  const options = {
    directory,
    retentionMs,
    limits: { ...blockLimits, spans: 10 },
    fileBytesMax: 2 ** 30,
    onFileDamaged: (path: string) => t.fail(path),
  }
  const writer = new SpanWriter(options)
  for (let trace = 1; trace <= 5; trace++) {
    const batch = batchOf({ trace, count: 10, arrivalUnixMs: hour * 3_600_000 })
    writer.commit(hour, [{ tenant: '', batch }])
  }
  writer.close()
  const [name = ''] = filesIn(directory)
  const file = new Database(join(directory, name))
  file.exec(`UPDATE section SET bytes = ${garbled('bytes')} WHERE id = 3 * 8 + 4`)
  const again = new SpanWriter(options, [name])
  while (again.step(Date.now()));
  again.close()
  t.equal(file.prepare('SELECT blocks FROM segment').pluck().get(), 5)
  file.close()
  // A store that was open all the while; one that opens the file anew sets it aside.
  const jobs = new ReadJobs(directory)
  const traceIds = [traceIdOf(3)]
  const damages: Error[] = []
  let found = 0
  const read = { op: 'traces', tenant: '', keptSinceUnixMs: 0, traceIds } as const
  for (const step of jobs.steps(read, (error) => damages.push(error))) {
    for (const item of step?.items ?? []) {
      found += spanCount((item as { readonly part: SpanBatch }).part)
    }
  }
  jobs.close()
  t.equal(found, 10)
  t.same(damages, [], 'the terms are not needed to read a trace')
})

t.test('a damaged pending row is told of, and answers go on without it', async (t) => {
  const damage = `UPDATE pending SET bodies = ${garbled('bodies')}`
  const { store, events, file } = await damagedStore(t, damage)
  t.same(await foundTraces(store), [1, 2, 3, 4, 5])
  t.equal((await spanIdsOf(store, 1)).length, 20)
  t.ok(events.every(({ kind }) => kind === 'damaged'))
  t.ok(events.length > 0)
  t.match(checkFile(file).problems, [/^pending row \d+: /])
})

t.test('a damaged filter or trace bucket hides nothing', async (t) => {
  for (const [table, column] of [
    ['filter', 'bits'],
    ['trace', 'entries'],
  ] as const) {
    const path = testDirectory(t)
    const events: StoreEvent[] = []
    const onEvent = (event: StoreEvent): number => events.push(event)
    const store = await openFor(t, { path, blockLimits, onEvent, groupWaitMs: 0 })
    const arrivalUnixMs = Date.now()
    for (let trace = 1; trace <= 64; trace++) {
      await store.write('', batchOf({ trace, count: 20, padding: 10, arrivalUnixMs }), never)
    }
    const file = join(path, filesIn(path)[0] ?? '')
    const database = new Database(file)
    const segments = database.prepare('SELECT count(*) FROM segment').pluck()
    await until(() => segments.get() === 1)
    database.exec(`UPDATE ${table} SET ${column} = ${garbled(column)}`)
    database.close()
    // Often enough that the segment would be taken into memory.
    for (let read = 0; read < 5; read++) t.equal((await spanIdsOf(store, 7)).length, 20)
    t.equal((await foundTraces(store)).length, 64)
    t.match(events[0], { kind: 'damaged' })
    t.match(checkFile(file).problems, [/^segment 0: /])
    await store.close()
  }
})

for (const [damage, problem] of [
  ['UPDATE block SET max_micros = max_micros + 1 WHERE id = 2', /summary/],
  ['UPDATE block SET span_count = span_count - 1 WHERE id = 2', /block 2: /],
  // Parts of another block, whole in themselves.
  [
    'UPDATE section SET bytes = (SELECT bytes FROM section WHERE id = 4 * 8 + 4) WHERE id = 2 * 8 + 4',
    /terms/,
  ],
  ['UPDATE chunk SET bytes = (SELECT bytes FROM chunk WHERE id = 4) WHERE id = 2', /block 2: /],
  [
    'UPDATE section SET bytes = (SELECT bytes FROM section WHERE id = 35) WHERE id = 19',
    /traceIds/,
  ],
] as const) {
  t.test(`checkFile() finds what a block says that its spans do not: ${damage}`, async (t) => {
    const { file } = await damagedStore(t, damage)
    const { problems } = checkFile(file)
    t.ok(
      problems.some((found) => problem.test(found)),
      problems.join(),
    )
  })
}

t.test('a file that breaks while it is written is followed by another one', async (t) => {
  const path = testDirectory(t)
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const store = await openFor(t, { path, onEvent })
  await store.write('', batchOf({ trace: 1 }), never)
  const [name = ''] = filesIn(path)
  const file = join(path, name)
  // The log is in the file, so that the pages that are read next come from there.
  const database = new Database(file)
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
  const { length } = readFileSync(file)
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(length - 4096, 0xa5), 0, length - 4096, 4096)
  closeSync(handle)
  truncateSync(file, length)
  for (let at = 2; at <= 400; at++)
    await store.write('', batchOf({ trace: at, padding: 500 }), never)
  const broken = events.filter(({ kind }) => kind === 'file_damaged')
  t.match(broken, [{ path: file, error: { code: 'store_corrupt' } }])
  t.equal(filesIn(path).length, 2)
  t.same(await spanIdsOf(store, 400), [1])
})
