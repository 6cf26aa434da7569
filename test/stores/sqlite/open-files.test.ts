import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import t from 'tap'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { startStoreProcess } from './run-store-process.ts'
import { batchOf, never, openFor, retentionMs, spanIdsOf } from './store-samples.ts'

t.setTimeout(120_000)

/** A directory whose store has spans over several hundred pages. */
async function filledStore(t: Test): Promise<string> {
  const path = t.testdir()
  const store = await openFor(t, { path })
  for (let trace = 1; trace <= 40; trace++) {
    await store.write('', batchOf({ trace, count: 20, padding: 2000 }), never)
  }
  await store.close()
  return path
}

/** Opens and must fail; nothing in the directory may have changed. */
async function refused(
  t: Test,
  { path, code, message }: { path: string; code: string; message: RegExp },
): Promise<void> {
  const file = join(path, 'spans.db')
  const before = readFileSync(file)
  await t.rejects(openSqliteStore({ path, retentionMs }), { name: 'GatewayError', code, message })
  t.ok(readFileSync(file).equals(before), 'the file is left as it was')
  await t.rejects(openSqliteStore({ path, retentionMs }), { code }, 'and the lock was given back')
}

t.test('openSqliteStore() refuses a second open in the same process', async (t) => {
  const path = t.testdir()
  const store = await openFor(t, { path })
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: `Cannot open store "${path}": it is in use by this process (pid ${process.pid})`,
  })
  await store.write('', batchOf({ trace: 1 }), never)
  t.same(await spanIdsOf(store, 1), [1])
})

t.test('openSqliteStore() refuses a second process until the first is killed', async (t) => {
  const path = t.testdir()
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
  const path = join(t.testdir({ taken: 'text' }), 'taken')
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: /^Cannot open store ".*taken": it is no directory/,
  })
  t.equal(readFileSync(path, 'utf8'), 'text')
})

const isRoot = process.getuid?.() === 0
const noUser = isRoot ? false : 'only root can become a user who may not'

t.test('openSqliteStore() names a directory it may not write', { skip: noUser }, async (t) => {
  const path = t.testdir()
  const child = startStoreProcess(t, { args: ['hold', join(path, 'inside')], uid: 65_534 })
  t.match(await child.line('refused'), /refused store_unusable .*Cannot open store ".*inside"/)
  t.equal(await child.ended(), 1)
})

t.test('openSqliteStore() names a file that is no database', async (t) => {
  for (const bytes of ['x', 'text '.repeat(5000), '\0'.repeat(8192)]) {
    const path = t.testdir({ 'spans.db': bytes })
    await refused(t, {
      path,
      code: 'store_corrupt',
      message: /spans\.db": it is damaged, .*header/,
    })
  }
})

t.test('openSqliteStore() names a database of another program', async (t) => {
  const path = t.testdir()
  const foreign = new Database(join(path, 'spans.db'))
  foreign.exec('CREATE TABLE part (id INTEGER PRIMARY KEY)')
  foreign.close()
  const message = /spans\.db": it is an SQLite database of another program/
  await refused(t, { path, code: 'store_unusable', message })
})

t.test('openSqliteStore() names a newer format', async (t) => {
  const path = await filledStore(t)
  const newer = new Database(join(path, 'spans.db'))
  newer.pragma('journal_mode = DELETE')
  newer.pragma('user_version = 7')
  newer.close()
  const message = /spans\.db": it has format 7, this version reads and writes format 0 only/
  await refused(t, { path, code: 'store_unusable', message })
})

t.test('openSqliteStore() names a database with other tables', async (t) => {
  const path = await filledStore(t)
  const changed = new Database(join(path, 'spans.db'))
  changed.pragma('journal_mode = DELETE')
  changed.exec('DROP INDEX part_arrival')
  changed.close()
  const message = /spans\.db": it is damaged, "part_arrival" is not as format 0 has it/
  await refused(t, { path, code: 'store_corrupt', message })
})

t.test('openSqliteStore() names a file that was cut', async (t) => {
  const path = await filledStore(t)
  const file = join(path, 'spans.db')
  const { size } = statSync(file)
  const parts = [0.02, 0.5, 0.97]
  for (const part of parts) {
    const copy = join(path, `cut-${part}`)
    mkdirSync(copy)
    cpSync(file, join(copy, 'spans.db'))
    truncateSync(join(copy, 'spans.db'), Math.floor(size * part))
    await refused(t, { path: copy, code: 'store_corrupt', message: /spans\.db": it is damaged/ })
  }
})

t.test('openSqliteStore() names a file with garbage in the middle', async (t) => {
  const path = await filledStore(t)
  const file = join(path, 'spans.db')
  const bytes = readFileSync(file)
  for (const part of [0.1, 0.5, 0.9]) {
    const copy = join(path, `garbage-${part}`)
    mkdirSync(copy)
    const at = Math.floor(bytes.length * part)
    const damaged = Buffer.from(bytes)
    damaged.fill(0xa5, at, at + 64 * 1024)
    writeFileSync(join(copy, 'spans.db'), damaged)
    await refused(t, { path: copy, code: 'store_corrupt', message: /spans\.db": it is damaged/ })
  }
})

t.test('openSqliteStore() keeps a write-ahead log whose file is missing', async (t) => {
  const path = t.testdir({ 'spans.db-wal': 'spans that nobody has seen yet', 'spans.db': '' })
  await refused(t, {
    path,
    code: 'store_corrupt',
    message: /write-ahead log beside it holds spans/,
  })
  t.equal(readFileSync(join(path, 'spans.db-wal'), 'utf8'), 'spans that nobody has seen yet')
})

t.test('openSqliteStore() leaves a foreign lock.db alone', async (t) => {
  const path = t.testdir({ 'lock.db': 'mine, not yours '.repeat(100) })
  await t.rejects(openSqliteStore({ path, retentionMs }), {
    code: 'store_unusable',
    message: /its lock\.db is not a lock of this program/,
  })
  t.notOk(existsSync(join(path, 'spans.db')))
})

t.test('other programs read spans.db while the store writes', async (t) => {
  const path = t.testdir()
  const writer = startStoreProcess(t, { args: ['write', path, '1'] })
  await writer.line('stored')
  const outside = new Database(join(path, 'spans.db'), { readonly: true })
  const count = outside.prepare<[], number>('SELECT sum(span_count) FROM part').pluck()
  const before = count.get() ?? 0
  const until = Date.now() + 10_000
  while ((count.get() ?? 0) <= before && Date.now() < until) await new Promise(setImmediate)
  t.ok((count.get() ?? 0) > before, 'it sees spans come')
  // An outside reader with a snapshot holds up no writer.
  outside.exec('BEGIN')
  const snapshot = count.get()
  const answered = writer.lines.length
  while (writer.lines.length < answered + 20 && Date.now() < until) await new Promise(setImmediate)
  t.ok(writer.lines.length >= answered + 20, 'the writer goes on')
  t.equal(count.get(), snapshot)
  outside.exec('COMMIT')
  outside.close()
})
