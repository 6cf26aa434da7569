import t from 'tap'
import { startHttpApi } from '../http-port.ts'
import { scriptedStore } from '../scripted-store.ts'

const empty = { limit: 0, offset: 0, errors: null }

const shop = scriptedStore({
  services: async () => ['cart', 'cart & pay/1'],
  operations: async (_tenant, service, kind) => {
    if (service === 'c++') return [{ name: 'build', spanKind: 1 }]
    if (service !== 'cart & pay/1') return []
    const all = [
      { name: 'charge', spanKind: 2 },
      { name: 'charge', spanKind: 3 },
      { name: 'list', spanKind: 0 },
    ]
    return all.filter(({ spanKind }) => kind === undefined || spanKind === kind)
  },
})

t.test('GET /api/services lists all with their number', async (t) => {
  const { ask } = await startHttpApi(t, shop)
  const { status, headers, json } = await ask('/api/services')
  t.equal(status, 200)
  t.equal(headers.get('content-type'), 'application/json')
  t.equal(headers.get('traceresponse'), '')
  t.strictSame(json, { data: ['cart', 'cart & pay/1'], total: 2, ...empty })
  const none = await startHttpApi(t, scriptedStore({}))
  t.strictSame((await none.ask('/api/services')).json, { data: [], total: 0, ...empty })
})

t.test('GET /api/services/{service}/operations lists names once, and null for none', async (t) => {
  const { ask } = await startHttpApi(t, shop)
  const names = { data: ['charge', 'list'], total: 2, ...empty }
  for (const service of ['cart%20%26%20pay%2F1', 'cart+%26+pay%2F1']) {
    t.strictSame((await ask(`/api/services/${service}/operations`)).json, names)
  }
  const nothing = { data: null, total: 0, ...empty }
  t.strictSame((await ask('/api/services/nosuch/operations')).json, nothing)
})

t.test(
  'GET /api/services/{service}/operations takes names as Go makes paths of them',
  async (t) => {
    const { ask } = await startHttpApi(t, shop)
    const dataOf = async (path: string) => ((await ask(path)).json as { data: unknown }).data
    // url.JoinPath(address, "/api/services/", "cart & pay/1", "/operations")
    t.strictSame(await dataOf('/api/services/cart%20&%20pay/1/operations'), ['charge', 'list'])
    t.strictSame(await dataOf('/api/services/c++/operations'), ['build'])
    t.strictSame(await dataOf('/api/services/c%2B%2B/operations'), ['build'])
    t.equal(await dataOf('/api/services/c+/operations'), null)
  },
)

t.test('GET /api/operations lists names with kinds', async (t) => {
  const { ask } = await startHttpApi(t, shop)
  const path = '/api/operations?service=cart+%26+pay/1'
  const all = [
    { name: 'charge', spanKind: 'server' },
    { name: 'charge', spanKind: 'client' },
    { name: 'list', spanKind: '' },
  ]
  t.strictSame((await ask(path)).json, { data: all, total: 3, ...empty })
  const servers = { data: all.slice(0, 1), total: 1, ...empty }
  t.strictSame((await ask(`${path}&spanKind=server`)).json, servers)
})

t.test('prettyPrint writes what JSON.stringify does with four spaces', async (t) => {
  const { ask } = await startHttpApi(t, shop)
  for (const path of ['/api/services', '/api/operations?service=cart+%26+pay/1']) {
    const mark = path.includes('?') ? '&' : '?'
    const plain = await ask(path)
    const pretty = await ask(`${path}${mark}prettyPrint=yes`)
    t.equal(pretty.text, JSON.stringify(plain.json, null, 4))
    t.equal((await ask(`${path}${mark}prettyPrint=false`)).text, plain.text)
  }
})

t.test('what is not there is 404 in the words of Go, other methods too', async (t) => {
  const { ask } = await startHttpApi(t, shop)
  const asked: readonly (readonly [string, RequestInit?])[] = [
    ['/'],
    ['/api/nosuch'],
    ['/api/services/'],
    ['/api/services/operations'],
    ['/api/traces/1/2'],
    ['/jaeger/api/services'],
    ['/api/services', { method: 'POST' }],
    ['/api/services', { method: 'DELETE' }],
    ['/api/traces/1', { method: 'PUT', body: 'x' }],
    ['/api/archive/1'],
    ['/api/deep-dependencies'],
    ['/api/quality-metrics'],
  ]
  for (const [path, init] of asked) {
    const { status, headers, text } = await ask(path, init)
    t.equal(status, 404, path)
    t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
    t.equal(text, '404 page not found\n')
  }
})

t.test('a path is known with slashes twice, and with the base path in front', async (t) => {
  const { ask } = await startHttpApi(t, shop, { basePath: '/tools/jaeger' })
  const { text } = await ask('/api/services')
  for (const path of [
    '//api/services',
    '/api//services?x=//',
    '/tools/jaeger/api/services',
    '//tools/jaeger//api/services',
  ]) {
    const answer = await ask(path)
    t.equal(answer.status, 200, path)
    t.equal(answer.text, text)
  }
  const path = '/tools/jaeger/api/operations?service=cart+%26+pay/1&spanKind=server'
  t.match((await ask(path)).json, { data: [{ name: 'charge' }] })
  for (const path of ['/tools/api/services', '/tools/jaegerapi/services', '/tools/jaeger/']) {
    t.equal((await ask(path)).status, 404, path)
  }
  const { json } = await ask('/tools/jaeger/api/openapi.json')
  t.match(json, { servers: [{ url: '/tools/jaeger' }] })
})

t.test('an answer that a client has is 304, and HEAD has no body', async (t) => {
  let services = ['cart']
  const store = scriptedStore({ services: async () => services })
  const { ask } = await startHttpApi(t, store)
  const first = await ask('/api/services')
  const etag = first.headers.get('etag') ?? ''
  t.match(etag, /^W\/"[\w-]{22}"$/)
  t.equal(first.headers.get('cache-control'), 'no-cache')
  for (const known of [etag, `"other", ${etag}`, '*', etag.slice(2)]) {
    const again = await ask('/api/services', { headers: { 'if-none-match': known } })
    t.equal(again.status, 304)
    t.equal(again.text, '')
    t.equal(again.headers.get('etag'), etag)
  }
  services = ['cart', 'pay']
  t.equal((await ask('/api/services', { headers: { 'if-none-match': etag } })).status, 200)
  const post = { method: 'POST', body: '{}', headers: { 'if-none-match': '*' } }
  const transformed = await ask('/api/transform', post)
  t.equal(transformed.status, 200, 'nothing else than GET is kept')
  t.equal(transformed.headers.get('etag'), null)
  const head = await ask('/api/services', { method: 'HEAD' })
  t.equal(head.status, 200)
  t.equal(head.text, '')
  t.not(head.headers.get('etag'), etag)
})

t.test('pages of allowed origins may ask', async (t) => {
  const { ask } = await startHttpApi(t, shop, { allowedOrigins: ['https://shop.example'] })
  const headers = { origin: 'https://shop.example' }
  const answer = await ask('/api/services', { headers })
  t.equal(answer.headers.get('access-control-allow-origin'), 'https://shop.example')
  t.equal(answer.headers.get('vary'), 'Accept-Encoding, Origin')
  t.equal(answer.headers.get('access-control-allow-credentials'), null)
  const preflight = await ask('/api/transform', {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers.get('access-control-allow-methods'), 'GET, POST')
  const other = await ask('/api/services', { headers: { origin: 'https://other.example' } })
  t.equal(other.headers.get('access-control-allow-origin'), null)
})
