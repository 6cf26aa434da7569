import { pino } from 'pino'
import t from 'tap'
import { createAdminListener } from '../../src/transport/admin-listener.ts'

function build(options: { isReady?: () => boolean; renderMetrics?: () => Promise<string> } = {}) {
  return createAdminListener({
    addresses: ['127.0.0.1'],
    port: 0,
    isReady: options.isReady ?? (() => true),
    renderMetrics: options.renderMetrics ?? (async () => 'a 1\n'),
    metricsContentType: 'text/plain; version=0.0.4',
    logger: pino({ level: 'silent' }),
  })
}

t.test('/healthz, /readyz and /metrics', async (t) => {
  let ready = false
  const admin = build({ isReady: () => ready })
  const { port } = await admin.start()
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  t.match(await get('/healthz'), { status: 200, text: '{"status":"ok"}' })
  t.match(await get('/readyz'), { status: 503, text: '{"status":"not ready"}' })
  ready = true
  t.match(await get('/readyz'), { status: 200 })
  const metrics = await get('/metrics')
  t.match(metrics, { status: 200, text: 'a 1\n' })
  t.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4')
  t.match(await get('/nobody'), { status: 404 })
  await admin.stop()
  await admin.stop()
  await t.rejects(get('/healthz'))
})

t.test('a failure tells nothing', async (t) => {
  const admin = build({ renderMetrics: () => Promise.reject(new Error('secret')) })
  const { port } = await admin.start()
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  t.equal(response.status, 500)
  t.equal(await response.text(), '{"status":"failed"}')
  await admin.stop()
})

t.test('stop() without start is fine', async () => {
  await build().stop()
})
