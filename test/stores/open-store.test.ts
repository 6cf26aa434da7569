import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { openStore, parseStoreAddress } from '../../src/stores/open-store.ts'
import { testDirectory } from '../test-directory.ts'
import { batchOf, never, retentionMs, spanIdsOf } from './sqlite/store-samples.ts'

const options = { retentionMs, memoryBytesMax: 1024 * 1024 }

t.test('parseStoreAddress() takes what is supported', async (t) => {
  t.same(parseStoreAddress('memory:'), { kind: 'memory' })
  t.same(parseStoreAddress('sqlite:./spangate-data'), { kind: 'sqlite', path: './spangate-data' })
  t.same(parseStoreAddress('sqlite:/var/lib/a b%20c'), { kind: 'sqlite', path: '/var/lib/a b%20c' })
})

const refusals: readonly (readonly [address: string, message: RegExp])[] = [
  ['', /Cannot use store "": it names no store that there is; must be "memory:", "sqlite:PATH"/],
  ['memory', /names no store that there is/],
  ['memory:x', /takes nothing after/],
  ['sqlite', /names no store that there is/],
  ['sqlite:', /names no directory/],
  ['sqlite://data', /is a URL/],
  ['sqlite:a\0b', /zero byte/],
  ['cassandra://host', /names no keyspace/],
  ['cassandra:host/k', /names no store that there is/],
  ['./data', /names no store that there is/],
]

for (const [address, message] of refusals) {
  t.test(`parseStoreAddress() refuses ${JSON.stringify(address)}`, async (t) => {
    t.throws(() => parseStoreAddress(address), { code: 'bad_settings', message })
    await t.rejects(openStore({ address, ...options }), { code: 'bad_settings' })
  })
}

for (const kind of ['memory', 'sqlite']) {
  t.test(`openStore() opens ${kind}`, async (t) => {
    const address = kind === 'memory' ? 'memory:' : `sqlite:${join(testDirectory(t), 'a', 'b')}`
    const store = await openStore({ address, ...options })
    await store.write('', batchOf({ trace: 1, count: 2 }), never)
    t.same(await spanIdsOf(store, 1), [1, 2])
    await store.close()
  })
}

/** Makes a process in which better-sqlite3 is not installed. */
const hook = `export async function resolve(name, context, next) {
  if (name === 'better-sqlite3') throw new Error('Cannot find package')
  return next(name, context)
}`
const withoutSqlite = `import { register } from 'node:module'
register('data:text/javascript,${encodeURIComponent(hook).replaceAll("'", '%27')}')`

t.test('openStore() needs better-sqlite3 for sqlite: only, and says what to do', async (t) => {
  const module = new URL('../../src/stores/open-store.js', import.meta.url).href
  const program = `import { openStore } from '${module}'
    const options = { retentionMs: 1000, memoryBytesMax: 1000 }
    await (await openStore({ address: 'memory:', ...options })).close()
    console.log('memory is fine')
    await openStore({ address: 'sqlite:x', ...options }).catch((error) => {
      console.log(error.code, error.message)
    })`
  const preload = `data:text/javascript,${encodeURIComponent(withoutSqlite)}`
  const args = ['--import', preload, '--input-type=module', '-e', program]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: testDirectory(t),
  })
  t.match(
    stdout,
    /^memory is fine\nstore_unusable Cannot open store "sqlite:x": better-sqlite3/,
    stderr,
  )
  t.match(stdout, /--store memory:/)
})
