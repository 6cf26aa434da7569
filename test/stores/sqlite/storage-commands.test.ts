import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { backup, check, restore } from '../../../src/cli/storage/storage.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { traceIdOf } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'
import { startStoreProcess } from './run-store-process.ts'
import { batchOf, filesIn, never, openFor, retentionMs, spanIdsOf } from './store-samples.ts'

t.setTimeout(120_000)

const hourMs = 3_600_000

/** Runs a command and keeps what it printed. */
function run(command: (output: Parameters<typeof check>[1]) => boolean) {
  const stdout: string[] = []
  const stderr: string[] = []
  const isWell = command({
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
  })
  return { isWell, stdout, stderr }
}

/** Writes spans of three hours; trace n is of the hour n - 1 back. */
async function writeHours(store: SpanStore): Promise<void> {
  const now = Date.now()
  for (const trace of [3, 2, 1]) {
    const arrivalUnixMs = now - (trace - 1) * hourMs
    await store.write('', batchOf({ trace, count: 30, arrivalUnixMs }), never)
  }
}

t.test('backup() of a store that is written to holds all that was answered before', async (t) => {
  const path = join(testDirectory(t), 'store')
  const target = join(path, '..', 'copy')
  const writer = startStoreProcess(t, { args: ['write', path, '1'] })
  await writer.line('stored')
  while (writer.lines.length < 200) await new Promise(setImmediate)
  const answered = [...writer.lines]
  const { isWell, stdout, stderr } = run((output) => backup(`sqlite:${path}`, target, output))
  t.same(stderr, [])
  t.ok(isWell)
  t.same(
    stdout,
    filesIn(target).map((name) => `${name} copied`),
  )
  const after = writer.lines.length
  while (writer.lines.length < after + 50) await new Promise(setImmediate)
  writer.kill('SIGKILL')
  await writer.ended()
  t.same(
    readdirSync(target).filter((name) => !/^spans-.*\.db$/.test(name)),
    [],
    'nothing else is left there',
  )
  t.ok(run((output) => check(`sqlite:${target}`, output)).isWell)
  const copy = await openFor(t, { path: target })
  let missing = 0
  for (const line of answered) {
    const [word, trace, firstId, count] = line.split(' ')
    if (word !== 'stored') continue
    const ids = new Set(await spanIdsOf(copy, Number(trace)))
    for (let at = 0; at < Number(count); at++) if (!ids.has(Number(firstId) + at)) missing++
  }
  t.equal(missing, 0)
})

t.test('restore() brings back hours into a store that runs, beside what it has', async (t) => {
  const path = join(testDirectory(t), 'store')
  const target = join(path, '..', 'copy')
  const first = await openFor(t, { path })
  await writeHours(first)
  t.ok(run((output) => backup(`sqlite:${path}`, target, output)).isWell)
  await first.close()
  const other = join(path, '..', 'other')
  const store = await openFor(t, { path: other, retentionMs })
  await store.write('', batchOf({ trace: 1, firstId: 100 }), never)
  const { isWell, stdout } = run((output) => restore(`sqlite:${other}`, target, output))
  t.ok(isWell)
  t.equal(stdout.length, 3)
  t.match(stdout.at(-1), /-000\.db restored as spans-.*-001\.db$/, 'its number was taken')
  t.equal((await spanIdsOf(store, 1)).length, 31)
  t.equal((await spanIdsOf(store, 2)).length, 30)
  t.equal((await spanIdsOf(store, 3)).length, 30)
  await store.write('', batchOf({ trace: 1, firstId: 200 }), never)
  t.ok(run((output) => restore(`sqlite:${other}`, target, output)).isWell)
  t.equal((await spanIdsOf(store, 1)).length, 32, 'a second time shows nothing twice')
  await store.close()
  t.ok(run((output) => check(`sqlite:${other}`, output)).isWell)
  const again = await openFor(t, { path: other, retentionMs })
  await again.write('', batchOf({ trace: 1, firstId: 300 }), never)
  t.equal((await spanIdsOf(again, 1)).length, 33)
})

t.test('restore() takes the log of a file that was copied by hand', async (t) => {
  const path = join(testDirectory(t), 'store')
  const copy = join(path, '..', 'copy')
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 1 }), never)
  mkdirSync(copy)
  for (const name of readdirSync(path).filter((one) => /\.db(-wal)?$/.test(one))) {
    copyFileSync(join(path, name), join(copy, name))
  }
  const other = join(path, '..', 'other')
  t.ok(run((output) => restore(`sqlite:${other}`, copy, output)).isWell)
  const restored = await openFor(t, { path: other, retentionMs })
  t.same(await spanIdsOf(restored, 1), [1])
})

t.test('restore() leaves a damaged copy out and says so', async (t) => {
  const path = join(testDirectory(t), 'store')
  const target = join(path, '..', 'copy')
  const store = await openFor(t, { path })
  await writeHours(store)
  run((output) => backup(`sqlite:${path}`, target, output))
  const [name = ''] = filesIn(target)
  const bytes = readFileSync(join(target, name))
  bytes.fill(0xa5, bytes.length / 2)
  writeFileSync(join(target, name), bytes)
  const other = join(path, '..', 'other')
  const { isWell, stdout, stderr } = run((output) => restore(`sqlite:${other}`, target, output))
  t.notOk(isWell)
  t.equal(stdout.length, 2)
  t.match(stderr, [/not restored: .*damaged/])
  t.equal(filesIn(other).length, 2)
  t.same(
    readdirSync(other).filter((one) => one.startsWith('restoring')),
    [],
  )
})

t.test('check() prints a line for each file, and what is damaged', async (t) => {
  const path = join(testDirectory(t), 'store')
  const store = await openFor(t, { path })
  await writeHours(store)
  await store.close()
  const names = filesIn(path)
  const well = run((output) => check(`sqlite:${path}`, output))
  t.ok(well.isWell)
  t.same(
    well.stdout,
    names.map((name) => `${name} ok: 30 spans, 0 blocks`),
  )
  const copy = join(path, '..', 'copy')
  mkdirSync(copy)
  for (const name of names) copyFileSync(join(path, name), join(copy, name))
  const [first = ''] = names
  const bytes = readFileSync(join(copy, first))
  writeFileSync(join(copy, first), bytes.subarray(0, bytes.length - 8192))
  const ill = run((output) => check(`sqlite:${copy}`, output))
  t.notOk(ill.isWell)
  t.match(ill.stdout[0], new RegExp(`^${first} DAMAGED: `))
  t.match(ill.stderr[0], new RegExp(`^${first}: .*it is damaged`))
  t.same(ill.stdout.slice(1), well.stdout.slice(1))
})

t.test('backup() and restore() refuse what makes no sense', async (t) => {
  const path = testDirectory(t, { full: { file: 'x' }, empty: {} })
  const silent = { stdout: () => {}, stderr: () => {} }
  const store = await openFor(t, { path: join(path, 'store') })
  await store.write('', batchOf({ trace: 1 }), never)
  const address = `sqlite:${path}/store`
  t.throws(() => backup(address, join(path, 'full'), silent), { code: 'invalid_argument' })
  t.throws(() => backup(`sqlite:${path}/empty`, join(path, 'copy'), silent), {
    code: 'invalid_argument',
  })
  t.throws(() => restore(address, join(path, 'empty'), silent), { code: 'invalid_argument' })
  t.throws(() => restore(address, join(path, 'nowhere'), silent), { code: 'invalid_argument' })
  t.throws(() => check('memory:', silent), { code: 'bad_settings' })
})

t.test('backup(), check() and restore() take the archive along', async (t) => {
  const path = join(testDirectory(t), 'store')
  const [copy, other] = [join(path, '..', 'copy'), join(path, '..', 'other')]
  const store = await openFor(t, { path })
  await writeHours(store)
  const archived = (trace: number) => batchOf({ trace, count: 3, arrivalUnixMs: 0 })
  for (const trace of [41, 42]) await store.archive?.write('', archived(trace), never)
  const saved = run((output) => backup(`sqlite:${path}`, copy, output))
  t.same(saved.stderr, [])
  t.equal(saved.stdout.at(-1), 'archive.db copied')
  const checked = run((output) => check(`sqlite:${copy}`, output))
  t.ok(checked.isWell)
  t.equal(checked.stdout.at(-1), 'archive.db ok: 2 archived traces, 2 rows')

  const target = await openFor(t, { path: other })
  await target.archive?.write('', archived(43), never)
  const back = run((output) => restore(`sqlite:${other}`, copy, output))
  t.same(back.stderr, [])
  t.equal(back.stdout.at(-1), 'archive.db restored')
  for (const trace of [41, 42, 43]) {
    let found = 0
    for await (const part of target.archive?.trace('', traceIdOf(trace), never) ?? []) {
      found += spanCount(part)
    }
    t.equal(found, 3, `trace ${trace}`)
  }

  await target.close()
  const file = join(other, 'archive.db')
  const database = new Database(file)
  database.exec(
    "UPDATE part SET bytes = zeroblob(length(bytes)) WHERE trace_id = x'0000000000000000000000000000002a'",
  )
  database.close()
  const damaged = run((output) => check(`sqlite:${other}`, output))
  t.notOk(damaged.isWell)
  t.match(damaged.stdout.at(-1), /^archive\.db DAMAGED/)
  const refused = run((output) => restore(`sqlite:${path}`, other, output))
  t.notOk(refused.isWell)
  t.match(refused.stderr.at(-1), /archive\.db not restored: .*damaged/)
})
