import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FileSamplingStore } from '../../../src/stores/sqlite/file-sampling-store.ts'
import { samplingStoreConformance } from '../../conformance/sampling-store.ts'
import { testDirectory } from '../../test-directory.ts'

t.test('FileSamplingStore fills the port', async (t) => {
  const folders = new Map<FileSamplingStore, string>()
  const openIn = async (folder: string) => {
    const store = await FileSamplingStore.open(folder)
    folders.set(store, folder)
    return store
  }
  await samplingStoreConformance(t, {
    open: () => openIn(testDirectory(t)),
    beside: undefined,
    reopen: async (store) => {
      await store.close()
      return openIn(folders.get(store as FileSamplingStore) ?? '')
    },
  })
})

t.test(
  'FileSamplingStore takes what is damaged for missing, and has no more files than documents',
  async (t) => {
    const folder = testDirectory(t)
    const first = await FileSamplingStore.open(folder)
    const put = (name: string, version: number) =>
      first.put({
        kind: 'shares',
        name,
        version,
        parts: [Buffer.from(`v${version}`)],
        ttlMs: 60_000,
      })
    for (let version = 1; version <= 100; version++) await put('1', version)
    await put('2', 8)
    await put('3', 8)
    t.same(readdirSync(join(folder, 'sampling')).sort(), [
      ...['shares.1.0', 'shares.1.1', 'shares.1.2', 'shares.1.3', 'shares.2.0', 'shares.3.0'],
    ])
    const damaged = join(folder, 'sampling', 'shares.2.0')
    writeFileSync(damaged, readFileSync(damaged).subarray(0, -1))
    writeFileSync(join(folder, 'sampling', 'shares.9.0'), 'anything')
    writeFileSync(join(folder, 'sampling', 'shares.1.0.new'), 'half')
    const second = await FileSamplingStore.open(folder)
    t.same(
      await second.versions('shares'),
      new Map([
        ['1', 100],
        ['3', 8],
      ]),
    )
    t.notOk(readdirSync(join(folder, 'sampling')).includes('shares.1.0.new'))
  },
)

t.test('FileSamplingStore gives what was written last, whatever the clock did', async (t) => {
  const folder = testDirectory(t)
  const first = await FileSamplingStore.open(folder)
  const { now } = Date
  t.teardown(() => Object.assign(Date, { now }))
  let clockMs = now()
  Date.now = () => clockMs
  for (const version of [97, 98, 99, 100, 3]) {
    if (version === 3) clockMs -= 1000
    await first.put({ kind: 'state', name: 'a', version, parts: [Buffer.from('a')], ttlMs: 60_000 })
    const second = await FileSamplingStore.open(folder)
    t.same(await second.versions('state'), new Map([['a', version]]))
  }
})
