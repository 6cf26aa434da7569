import type { Test } from 'tap'

/**
 * A directory of the test, filled with `content`. It is removed after the test's teardowns: what they
 * close (a store, a process) still has its files. With `t.testdir()` alone a directory that is asked
 * for before the first teardown goes first (@tapjs/fixture 4 and @tapjs/after 3 each wrap `onEOF`).
 *
 * @returns its absolute path
 */
export function testDirectory(t: Test, content?: Parameters<Test['testdir']>[0]): string {
  t.teardown(() => {})
  return t.testdir(content)
}
