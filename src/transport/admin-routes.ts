import { CorsPolicy } from './cors.ts'
import type { HttpAnswer, HttpRoute, HttpRouter } from './http-route.ts'
import { routesByPath } from './http-route.ts'

/** What the admin port tells. */
export interface AdminRoutesOptions {
  /** True when every listener is up and none is stopping. */
  readonly isReady: () => boolean
  /** The text of `/metrics`, and its content type. */
  readonly renderMetrics: () => Promise<string>
  readonly metricsContentType: string
}

/**
 * For operators: `/healthz` (the process runs: 200), `/readyz` (200 when it takes requests, else 503) and
 * `/metrics`.
 */
export function adminRoutes(options: AdminRoutesOptions): HttpRouter {
  const { isReady, renderMetrics, metricsContentType } = options
  return routesByPath([
    route('/healthz', async () => status(200, 'ok')),
    route('/readyz', async () => (isReady() ? status(200, 'ready') : status(503, 'not ready'))),
    route('/metrics', async () => {
      const headers = { 'content-type': metricsContentType }
      return { status: 200, headers, body: await renderMetrics() }
    }),
  ])
}

function route(path: string, answer: () => Promise<HttpAnswer>): HttpRoute {
  return {
    path,
    method: 'GET',
    cors: new CorsPolicy([], []),
    accept: () => answer,
    describe: () => ({ contentType: jsonType, body: JSON.stringify({ status: 'failed' }) }),
  }
}

function status(code: number, text: string): HttpAnswer {
  const body = JSON.stringify({ status: text })
  return { status: code, headers: { 'content-type': jsonType }, body }
}

const jsonType = 'application/json'
