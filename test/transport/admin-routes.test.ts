import type { Test } from 'tap'
import t from 'tap'
import type { AdminRoutesOptions } from '../../src/transport/admin-routes.ts'
import { adminRoutes } from '../../src/transport/admin-routes.ts'
import { startHttpListener } from './start-http-listener.ts'

/** An admin port, and what asks it. */
async function start(t: Test, options: Partial<AdminRoutesOptions> = {}) {
  const router = adminRoutes({
    isReady: () => true,
    renderMetrics: async () => 'a 1\n',
    metricsContentType: 'text/plain; version=0.0.4',
    ...options,
  })
  const { port, close, listener } = await startHttpListener({ router })
  t.teardown(close)
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  return { ask, listener }
}

t.test('/healthz, /readyz and /metrics', async (t) => {
  let ready = false
  const { ask, listener } = await start(t, { isReady: () => ready })
  t.match(await ask('/healthz'), { status: 200, text: '{"status":"ok"}' })
  t.match(await ask('/healthz', 'HEAD'), { status: 200, text: '' })
  t.match(await ask('/readyz'), { status: 503, text: '{"status":"not ready"}' })
  ready = true
  t.match(await ask('/readyz'), { status: 200, text: '{"status":"ready"}' })
  const metrics = await ask('/metrics')
  t.match(metrics, { status: 200, text: 'a 1\n' })
  t.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4')
  t.match(await ask('/nobody'), { status: 404 })
  t.match(await ask('/metrics', 'POST'), { status: 405 })
  await listener.stop(100)
  await t.rejects(ask('/healthz'))
})

t.test('a failure tells nothing', async (t) => {
  const renderMetrics = () => Promise.reject(new Error('secret'))
  const { ask } = await start(t, { renderMetrics })
  t.match(await ask('/metrics'), { status: 500, text: '{"status":"failed"}' })
})
