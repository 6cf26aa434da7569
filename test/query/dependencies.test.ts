import t from 'tap'
import type { DependencyStore, DependencyWindow } from '../../src/ports/dependency-store.ts'
import { startHttpApi } from './http-port.ts'
import { startQuery, unary } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

const times = {
  startTime: { seconds: '1000', nanos: 0 },
  endTime: { seconds: '2000', nanos: 1_000_000 },
}

t.test('GetDependencies of both APIs has no links to list without a store of them', async (t) => {
  const { v2, v3 } = await startQuery(t, scriptedStore({}))
  for (const { code, message } of [
    await unary((done) => v2.getDependencies(times, done)),
    await unary((done) => v3.getDependencies(times, done)),
  ]) {
    t.equal(code, 'OK')
    t.strictSame(message, { dependencies: [] })
  }
})

t.test('GetDependencies of both APIs lists the links of the store', async (t) => {
  const { store, asked } = linked()
  const { v2, v3 } = await startQuery(t, store, { tenant: 'blue' })
  const first = await unary((done) => v2.getDependencies(times, done))
  t.strictSame(first.message, {
    dependencies: [
      { parent: 'shop', child: 'stock', callCount: '3', source: '' },
      { parent: 'shop', child: 'stock', callCount: '4', source: 'jaeger' },
      { parent: 'stock', child: 'db', callCount: '5', source: '' },
    ],
  })
  const second = await unary((done) => v3.getDependencies(times, done))
  t.strictSame(second.message, {
    dependencies: [
      { parent: 'shop', child: 'stock', callCount: '3' },
      { parent: 'shop', child: 'stock', callCount: '4' },
      { parent: 'stock', child: 'db', callCount: '5' },
    ],
  })
  const call = { tenant: 'blue', startMs: 1_000_000, endMs: 2_000_001 }
  t.strictSame(asked, [call, call])
})

t.test('GET /api/dependencies has no links to list without a store of them', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  const { status, json } = await ask('/api/dependencies?endTs=1700000000000&lookback=1000')
  t.equal(status, 200)
  t.strictSame(json, { data: [], total: 0, limit: 0, offset: 0, errors: null })
})

t.test('GET /api/dependencies lists each pair of services once', async (t) => {
  const { store, asked } = linked()
  const { ask } = await startHttpApi(t, store)
  const stock = { parent: 'shop', child: 'stock', callCount: 7 }
  const db = { parent: 'stock', child: 'db', callCount: 5 }
  const path = '/api/dependencies?endTs=1700000000000&lookback=1000'
  t.match((await ask(path)).json, { data: [stock, db] })
  t.strictSame(asked, [{ tenant: '', startMs: 1_699_999_999_000, endMs: 1_700_000_000_000 }])
  const { json } = await ask(`${path}&service=db`)
  t.strictSame((json as { data: unknown }).data, [db])
})

t.test('GET /api/dependencies asks for no time before 1970, and not at all for none', async (t) => {
  const { store, asked } = linked()
  const { ask } = await startHttpApi(t, store)
  const last = 253_402_300_799_999
  t.equal((await ask(`/api/dependencies?endTs=${last}&lookback=${last}`)).status, 200)
  t.equal((await ask(`/api/dependencies?endTs=1000&lookback=${last}`)).status, 200)
  t.strictSame(asked.splice(0), [
    { tenant: '', startMs: 0, endMs: last },
    { tenant: '', startMs: 0, endMs: 1000 },
  ])
  for (const window of ['endTs=1000&lookback=0', 'endTs=0']) {
    t.match((await ask(`/api/dependencies?${window}`)).json, { data: [] })
  }
  t.strictSame(asked, [])
  t.equal((await ask(`/api/dependencies?endTs=${last + 1}`)).status, 400)
})

function linked() {
  const asked: (DependencyWindow & { readonly tenant: string })[] = []
  const dependencies: DependencyStore = {
    links: async (tenant, window) => {
      asked.push({ tenant, ...window })
      return [
        { parent: 'shop', child: 'stock', callCount: 3, source: '' },
        { parent: 'shop', child: 'stock', callCount: 4, source: 'jaeger' },
        { parent: 'stock', child: 'db', callCount: 5, source: '' },
      ]
    },
  }
  return { store: scriptedStore({ dependencies }), asked }
}
