import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testDirectory } from './test-directory.ts'

t.test('the directory is there until the teardowns have ended', async (t) => {
  let path = ''
  let isThereLate = false
  await t.test('one test', async (t) => {
    path = testDirectory(t, { file: 'x' })
    t.teardown(async () => {
      await new Promise(setImmediate)
      isThereLate = existsSync(join(path, 'file'))
    })
  })
  t.ok(isThereLate)
  t.notOk(existsSync(path))
})
