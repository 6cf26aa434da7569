import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import t from 'tap'
import { blockLimitDefaults } from '../../../src/stores/sqlite/pending-spans.ts'
import { SpanWriter } from '../../../src/stores/sqlite/span-writer.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { hourOf } from '../../../src/stores/sqlite/store-files.ts'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { testDirectory } from '../../test-directory.ts'
import { startStoreProcess } from './run-store-process.ts'
import { batchOf, filesIn, never, openFor, retentionMs, spanIdsOf, until } from './store-samples.ts'

t.setTimeout(120_000)

/** A directory whose store has spans over several hundred pages, in one file. */
async function filledStore(t: Test): Promise<{ path: string; name: string; file: string }> {
  const path = testDirectory(t)
  const store = await openFor(t, { path })
  const arrivalUnixMs = Date.now()
  for (let trace = 1; trace <= 40; trace++) {
    await store.write('', batchOf({ trace, count: 20, padding: 2000, arrivalUnixMs }), never)
  }
  await store.close()
  const [name = ''] = filesIn(path)
  return { path, name, file: join(path, name) }
}

/** Opens and must fail; nothing in the directory may have changed. */
async function refused(
  t: Test,
  { path, name, message }: { path: string; name: string; message: RegExp },
): Promise<void> {
  const file = join(path, name)
  const before = readFileSync(file)
  const code = 'store_unusable'
  await t.rejects(openSqliteStore({ path, retentionMs }), { name: 'GatewayError', code, message })
  t.ok(readFileSync(file).equals(before), 'the file is left as it was')
  await t.rejects(openSqliteStore({ path, retentionMs }), { code }, 'and the lock was given back')
}

/** Opens, and must set the file aside with its bytes, say so, and work without it. */
async function setAside(
  t: Test,
  { path, name, message }: { path: string; name: string; message: RegExp },
): Promise<void> {
  const before = readFileSync(join(path, name))
  const events: StoreEvent[] = []
  const store = await openFor(t, { path, onEvent: (event) => events.push(event) })
  const aside = join(path, `${name}.damaged`)
  t.match(events, [
    { kind: 'file_damaged', path: aside, error: { code: 'store_corrupt', message } },
  ])
  t.ok(readFileSync(aside).equals(before), 'its bytes are as they were')
  t.notOk(existsSync(join(path, name)))
  await store.write('', batchOf({ trace: 5000 }), never)
  t.same(await spanIdsOf(store, 5000), [1])
  await store.close()
  const again = await openFor(t, { path, onEvent: (event) => events.push(event) })
  t.equal(events.length, 1, 'it is not looked at again')
  t.same(await spanIdsOf(again, 5000), [1])
  await again.close()
  t.ok(readFileSync(aside).equals(before))
}

t.test('openSqliteStore() refuses a second open in the same process', async (t) => {
  const path = testDirectory(t)
  const store = await openFor(t, { path })
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: `Cannot open store "${path}": it is in use by this process (pid ${process.pid})`,
  })
  await store.write('', batchOf({ trace: 1 }), never)
  t.same(await spanIdsOf(store, 1), [1])
})

t.test('openSqliteStore() refuses a second process until the first is killed', async (t) => {
  const path = testDirectory(t)
  const first = startStoreProcess(t, { args: ['hold', path] })
  await first.line('ready')
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: `Cannot open store "${path}": it is in use by another process (pid ${first.pid})`,
  })
  const second = startStoreProcess(t, { args: ['hold', path] })
  t.match(await second.line('refused'), /refused store_unusable .*pid/)
  first.kill('SIGKILL')
  await first.ended()
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 1 }), never)
  t.same(await spanIdsOf(store, 1), [1])
})

t.test('openSqliteStore() names a file in place of its directory', async (t) => {
  const path = join(testDirectory(t, { taken: 'text' }), 'taken')
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: /^Cannot open store ".*taken": it is no directory/,
  })
  t.equal(readFileSync(path, 'utf8'), 'text')
})

const isRoot = process.getuid?.() === 0
const noUser = isRoot ? false : 'only root can become a user who may not'

t.test('openSqliteStore() names a directory it may not write', { skip: noUser }, async (t) => {
  const path = testDirectory(t)
  const child = startStoreProcess(t, { args: ['hold', join(path, 'inside')], uid: 65_534 })
  t.match(await child.line('refused'), /refused store_unusable .*Cannot open store ".*inside"/)
  t.equal(await child.ended(), 1)
})

for (const name of ['spans.db', 'spans-20260102T03-000.db']) {
  t.test(`openSqliteStore() sets aside a ${name} that is no database`, async (t) => {
    for (const bytes of ['x', 'text '.repeat(5000), '\0'.repeat(8192)]) {
      const path = testDirectory(t, { [name]: bytes })
      await setAside(t, { path, name, message: /spans.*\.db": it is damaged, .*header/ })
    }
  })

  t.test(`openSqliteStore() refuses a ${name} of another program`, async (t) => {
    const path = testDirectory(t)
    const foreign = new Database(join(path, name))
    foreign.exec('CREATE TABLE part (id INTEGER PRIMARY KEY)')
    foreign.close()
    const message = /spans.*\.db": it is an SQLite database of another program/
    await refused(t, { path, name, message })
  })
}

t.test('openSqliteStore() refuses a newer format, and changes nothing beside it', async (t) => {
  const { path, name, file } = await filledStore(t)
  const newer = new Database(file)
  newer.pragma('journal_mode = DELETE')
  newer.pragma('user_version = 7')
  newer.close()
  const other = join(path, 'spans-20260102T03-000.db')
  writeFileSync(other, 'damaged')
  const message = /spans-.*\.db": it has format 7, this version reads formats 0 and 1 and writes/
  await refused(t, { path, name, message })
  t.equal(readFileSync(other, 'utf8'), 'damaged')
})

t.test('openSqliteStore() sets aside a database with other tables', async (t) => {
  const { path, name, file } = await filledStore(t)
  const changed = new Database(file)
  changed.pragma('journal_mode = DELETE')
  changed.exec('DROP INDEX block_window')
  changed.close()
  const message = /spans-.*\.db": it is damaged, "block_window" is not as format 1 has it/
  await setAside(t, { path, name, message })
})

t.test('openSqliteStore() sets aside a file that was cut', async (t) => {
  const { path, name, file } = await filledStore(t)
  const { size } = statSync(file)
  for (const part of [0.02, 0.5, 0.97]) {
    const copy = join(path, `cut-${part}`)
    mkdirSync(copy)
    cpSync(file, join(copy, name))
    truncateSync(join(copy, name), Math.floor(size * part))
    await setAside(t, { path: copy, name, message: /spans-.*\.db": it is damaged/ })
  }
})

t.test('openSqliteStore() sets aside a file with garbage in the middle', async (t) => {
  const { path, name, file } = await filledStore(t)
  const bytes = readFileSync(file)
  for (const part of [0.1, 0.5, 0.9]) {
    const copy = join(path, `garbage-${part}`)
    mkdirSync(copy)
    const at = Math.floor(bytes.length * part)
    const damaged = Buffer.from(bytes)
    damaged.fill(0xa5, at, at + 64 * 1024)
    writeFileSync(join(copy, name), damaged)
    await setAside(t, { path: copy, name, message: /spans-.*\.db": it is damaged/ })
  }
})

t.test('openSqliteStore() loses the damaged hour only', async (t) => {
  const { path, name, file } = await filledStore(t)
  const arrivalUnixMs = Date.now() - 2 * 3_600_000
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 7000, count: 3, arrivalUnixMs }), never)
  await store.close()
  truncateSync(file, 5000)
  const again = await openFor(t, { path })
  t.same(await spanIdsOf(again, 1), [])
  t.same(await spanIdsOf(again, 7000), [1, 2, 3])
  t.ok(existsSync(join(path, `${name}.damaged`)))
})

t.test('openSqliteStore() keeps a write-ahead log whose file is missing', async (t) => {
  for (const name of ['spans.db', 'spans-20260102T03-000.db']) {
    const path = testDirectory(t, { [`${name}-wal`]: 'spans that nobody has seen yet', [name]: '' })
    const message = /write-ahead log beside it holds spans/
    await setAside(t, { path, name, message })
    const log = readFileSync(join(path, `${name}.damaged-wal`), 'utf8')
    t.equal(log, 'spans that nobody has seen yet')
  }
})

t.test('openSqliteStore() clears away what a killed process was removing or making', async (t) => {
  const path = testDirectory(t, {
    'spans-20260102T03-000.db.removed': 'x',
    'spans-20260102T03-000.db-wal': 'y',
    'spans-20260102T04-000.db.new': 'z',
  })
  await openFor(t, { path })
  t.same(
    readdirSync(path).filter((name) => name.startsWith('spans')),
    [],
  )
})

t.test('openSqliteStore() leaves a foreign lock.db alone', async (t) => {
  const path = testDirectory(t, { 'lock.db': 'mine, not yours '.repeat(100) })
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: /its lock\.db is not a lock of this program/,
  })
  t.same(filesIn(path), [])
})

t.test('other programs read a file while the store writes', async (t) => {
  const path = testDirectory(t)
  const writer = startStoreProcess(t, { args: ['write', path, '1'] })
  await writer.line('stored')
  const [file = ''] = filesIn(path)
  const outside = new Database(join(path, file), { readonly: true })
  const count = outside
    .prepare<[], number>(
      'SELECT (SELECT total(span_count) FROM block) + (SELECT total(span_count) FROM pending)',
    )
    .pluck()
  const before = count.get() ?? 0
  await until(() => (count.get() ?? 0) > before)
  t.pass('it sees spans come')
  // An outside reader with a snapshot holds up no writer.
  outside.exec('BEGIN')
  const snapshot = count.get()
  const answered = writer.lines.length
  await until(() => writer.lines.length >= answered + 20)
  t.pass('the writer goes on')
  t.equal(count.get(), snapshot)
  outside.exec('COMMIT')
  outside.close()
})

const noLocks = existsSync('/proc/locks') ? false : 'needs /proc/locks to see what is locked'

t.test('a file stays locked while it is read and written', { skip: noLocks }, async (t) => {
  const path = testDirectory(t)
  const first = await openFor(t, { path })
  await first.write('', batchOf({ trace: 1 }), never)
  await first.close()
  const store = await openFor(t, { path })
  // So readers have the file open before the writer has.
  await store.services('')
  await store.write('', batchOf({ trace: 2 }), never)
  const { ino } = statSync(join(path, filesIn(path)[0] ?? ''))
  const locks = readFileSync('/proc/locks', 'utf8').split('\n')
  // Without one, the next program that closes the file deletes the log with what is only in there.
  t.ok(
    locks.some((lock) => lock.includes(` ${process.pid} `) && lock.includes(`:${ino} `)),
    locks.join('\n'),
  )
})

t.test('finishing an hour waits for nobody who reads it', async (t) => {
  const directory = testDirectory(t)
  const writer = new SpanWriter({
    directory,
    retentionMs,
    limits: blockLimitDefaults,
    // The first commit is one too many.
    fileBytesMax: 4096,
    onFileDamaged: (path) => t.fail(path),
  })
  const nowMs = Date.now()
  writer.commit(hourOf(nowMs), [{ tenant: '', batch: batchOf({ trace: 1, count: 50 }) }])
  const outside = new Database(join(directory, filesIn(directory)[0] ?? ''), { readonly: true })
  outside.exec('BEGIN')
  t.equal(outside.prepare('SELECT total(span_count) FROM pending').pluck().get(), 50)
  const startMs = performance.now()
  while (writer.step(nowMs));
  // SQLite's own wait for others is 5 s.
  t.ok(performance.now() - startMs < 4000)
  outside.close()
  writer.close()
})
