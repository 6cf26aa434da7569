import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lockDirectory } from '../../../src/stores/sqlite/directory-lock.ts'
import { FileWriter } from '../../../src/stores/sqlite/file-writer.ts'
import { blockLimitDefaults } from '../../../src/stores/sqlite/pending-spans.ts'
import { SpanWriter } from '../../../src/stores/sqlite/span-writer.ts'
import { hourOf } from '../../../src/stores/sqlite/store-files.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf } from './store-samples.ts'

t.test('SpanWriter.close() closes every file, though one fails to', async (t) => {
  const writer = new SpanWriter({
    directory: testDirectory(t),
    retentionMs: 3_600_000,
    limits: blockLimitDefaults,
    fileBytesMax: 2 ** 30,
    onFileDamaged: (path) => t.fail(path),
  })
  const hour = hourOf(Date.now())
  for (const one of [hour - 1, hour]) {
    const batch = batchOf({ trace: 1, count: 1, arrivalUnixMs: one * 3_600_000 })
    writer.commit(one, [{ tenant: '', batch }])
  }
  const closed: string[] = []
  const { close } = FileWriter.prototype
  const failure = new Error('the disk is full')
  t.intercept(FileWriter.prototype, 'close', {
    value(this: FileWriter) {
      close.call(this)
      closed.push(this.file.name)
      if (closed.length === 1) throw failure
    },
  })
  t.throws(() => writer.close(), failure)
  t.equal(new Set(closed).size, 2)
})

t.test('release() gives a directory to others, also when lock.pid cannot be removed', async (t) => {
  const directory = testDirectory(t)
  const lock = lockDirectory(directory)
  const file = join(directory, 'lock.pid')
  rmSync(file)
  mkdirSync(file)
  t.throws(() => lock.release(), { code: 'ERR_FS_EISDIR' })
  rmSync(file, { recursive: true })
  const again = lockDirectory(directory)
  t.ok(existsSync(file))
  again.release()
})
