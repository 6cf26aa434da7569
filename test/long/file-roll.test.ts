import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkFile } from '../../src/stores/sqlite/check-file.ts'
import { verifyFile } from '../../src/stores/sqlite/verify-file.ts'
import { rankTraces } from '../conformance/answer.ts'
import { batchOf, filesIn, never, openFor, spanIdsOf } from '../stores/sqlite/store-samples.ts'
import { testDirectory } from '../test-directory.ts'

// An hour's file goes on in another one at 1 GiB. Other tests do that with small files; here it has its
// real size, with some hundred thousand spans and dozens of segments.

t.setTimeout(60 * 60_000)
const gibi = 1024 ** 3
const spansPerWrite = 250
const writers = 4

t.test('an hour goes on in the next file at 1 GiB', async (t) => {
  const path = testDirectory(t)
  const errors: unknown[] = []
  const onEvent = (event: unknown): number => errors.push(event)
  const store = await openFor(t, { path, onEvent })
  const arrivalUnixMs = Date.now()
  const startedMs = performance.now()
  let writes = 0
  let slowestMs = 0
  const write = async (): Promise<void> => {
    const trace = ++writes
    const beganMs = performance.now()
    const batch = batchOf({ trace, count: spansPerWrite, padding: 3000, arrivalUnixMs })
    await store.write('', batch, never)
    slowestMs = Math.max(slowestMs, performance.now() - beganMs)
  }
  /** So many writes came after the second file was begun. */
  let after = 0
  const writer = async (): Promise<void> => {
    while (after < 40) {
      await write()
      if (filesIn(path).length > 1) after++
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  const seconds = (performance.now() - startedMs) / 1000
  const [first = '', second = '', ...more] = filesIn(path)
  t.same(more, [])
  t.equal(second, first.replace(/-000\.db$/, '-001.db'), 'it is the next one of the same hour')
  const size = statSync(join(path, first)).size
  const rate = (writes * spansPerWrite) / seconds
  t.comment(
    `${writes * spansPerWrite} spans, ${rate.toFixed(0)} a second, ${size} bytes, slowest write ${slowestMs.toFixed(0)} ms`,
  )
  // What one commit brings comes on top, and what is finished after the last.
  t.ok(size >= gibi && size < 1.02 * gibi, `${size} bytes`)
  const expected = Array.from({ length: spansPerWrite }, (_, at) => at + 1)
  // The first ones, those around the roll, and the last ones.
  const around = writes - after
  for (const trace of [1, 2, 3, ...range(around - 20, writes)]) {
    t.same(await spanIdsOf(store, trace), expected, `trace ${trace}`)
  }
  t.equal((await rankTraces(store, { limit: writes })).length, writes, 'a search finds all')
  await store.close()
  const again = await openFor(t, { path, onEvent })
  t.same(await spanIdsOf(again, 1), expected)
  t.same(await spanIdsOf(again, around), expected)
  await again.write('', batchOf({ trace: writes + 1, arrivalUnixMs }), never)
  t.same(filesIn(path), [first, second], 'the second file is gone on with')
  await again.close()
  t.equal(verifyFile(join(path, first)).isUnfinished, false, 'all of the first is in segments')
  const reports = [first, second].map((name) => checkFile(join(path, name)))
  t.same(
    reports.flatMap(({ problems }) => problems),
    [],
  )
  t.equal(
    reports.reduce((sum, { spans }) => sum + spans, 0),
    writes * spansPerWrite + 1,
  )
  t.same(errors, [])
})

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
