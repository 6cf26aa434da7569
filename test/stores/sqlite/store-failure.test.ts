import { readdirSync } from 'node:fs'
import t from 'tap'
import { failureOf } from '../../../src/stores/sqlite/store-failure.ts'

t.test('failureOf() takes what the file system says for a store that is away', async (t) => {
  let thrown: unknown
  try {
    readdirSync('/nowhere/at/all')
  } catch (error) {
    thrown = error
  }
  t.match(failureOf('Cannot store spans', thrown), {
    name: 'GatewayError',
    code: 'store_unavailable',
    retryable: true,
    retryAfterMs: 5000,
    message: /^Cannot store spans: ENOENT: no such file or directory/,
    cause: thrown,
  })
})

t.test('failureOf() leaves what is a bug as it is', async (t) => {
  const bug = new TypeError('undefined is not a function')
  t.equal(failureOf('Cannot store spans', bug), bug)
  t.match(failureOf('Cannot store spans', 'a text'), { name: 'Error', message: 'a text' })
})
