import { performance } from 'node:perf_hooks'
import { HttpRefusal, httpFailureOf } from '../../errors/http-status.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { CorsPolicy } from '../../transport/cors.ts'
import type { BodyPieces, HttpRequest, HttpRoute, HttpRouter } from '../../transport/http-route.ts'
import { pathOf } from '../../transport/http-route.ts'
import { pathBehind } from './base-path.ts'
import type { Endpoint } from './endpoint.ts'
import { indentedJson } from './indent-json.ts'
import { QueryString } from './query-string.ts'

/** What all endpoints have in common. */
export interface RouterOptions {
  /** In front of all paths, as `basePathOf` gives it; paths without it are known too. */
  readonly basePath: string
  readonly cors: CorsPolicy
  readonly metrics: Pick<Metrics, 'record'>
}

/** Every endpoint takes it. */
export const prettyPrint = 'prettyPrint'

/**
 * Jaeger's server sends `traceresponse` whatever it answers, and empty when it does not trace itself.
 * Failures quote what a client sent; no browser is to take them for a page.
 */
const everyAnswer = {
  traceresponse: '',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
}

/**
 * Finds endpoints by method and path, the segments of which are taken as they were sent.
 *
 * What is not found, a wrong method included, is 404 in the words of Go's router, as with Jaeger.
 */
export function createRouter(endpoints: readonly Endpoint[], options: RouterOptions): HttpRouter {
  const table = endpoints.map((endpoint) => ({ endpoint, place: placeOf(endpoint) }))
  return (method, target) => {
    const asked = pathOf(target)
    const path = pathBehind(options.basePath, asked)
    const wanted = method === 'OPTIONS' ? undefined : method
    for (const { endpoint, place } of table) {
      if (wanted !== undefined && endpoint.method !== wanted) continue
      const segment = segmentAt(place, path)
      if (segment === undefined) continue
      return routeOf(endpoint, { ...options, segment, queryText: target.slice(asked.length + 1) })
    }
    return nothingAt(path, method, options.cors)
  }
}

/** The text before and behind the variable segment of a path; all of it before, when there is none. */
interface Place {
  readonly before: string
  readonly behind: string | undefined
  /** The segment may have slashes in it. */
  readonly hasSlashes: boolean
}

function placeOf({ path, hasSlashes = false }: Endpoint): Place {
  const [before = '', behind] = path.split(/\{\w+\}/)
  return { before, behind, hasSlashes }
}

/** What is in the place of the variable; '' where there is none, undefined for another path. */
function segmentAt({ before, behind, hasSlashes }: Place, path: string): string | undefined {
  if (behind === undefined) return path === before ? '' : undefined
  if (!path.startsWith(before) || !path.endsWith(behind)) return undefined
  if (path.length <= before.length + behind.length) return undefined
  const segment = path.slice(before.length, path.length - behind.length)
  return segment.includes('/') && !hasSlashes ? undefined : segment
}

interface Asked extends RouterOptions {
  readonly segment: string
  readonly queryText: string
}

function routeOf(endpoint: Endpoint, asked: Asked): HttpRoute {
  const { cors, metrics, segment, queryText } = asked
  const known = new Set([...endpoint.parameters.map(({ name }) => name), prettyPrint])
  const answer = async (request: HttpRequest): Promise<BodyPieces> => {
    const query = new QueryString(queryText, known)
    const pieces = await endpoint.answers({ ...request, segment, query })
    const pretty = query.text(prettyPrint)
    return pretty === '' || pretty === 'false' ? pieces : indentedJson(pieces)
  }
  const method = `${endpoint.method} ${endpoint.path}`
  return {
    path: endpoint.path,
    method: endpoint.method,
    cors,
    headers: everyAnswer,
    accept: () => async (request) => {
      const body = measured({ metrics, method, signal: request.signal }, () => answer(request))
      return { status: 200, headers: { 'content-type': 'application/json' }, body }
    },
    describe: endpoint.describe,
  }
}

/** The same body, of which the time until its end is noted, however that comes. */
async function* measured(
  {
    metrics,
    method,
    signal,
  }: {
    readonly metrics: RouterOptions['metrics']
    readonly method: string
    readonly signal: AbortSignal
  },
  make: () => Promise<BodyPieces>,
): BodyPieces {
  const startMs = performance.now()
  let code = 'CANCELLED'
  try {
    yield* await make()
    code = '200'
  } catch (error) {
    // Whatever an aborted search fails with, its cause is that the client went away.
    if (!signal.aborted) code = String(httpFailureOf(error).status)
    throw signal.aborted ? signal.reason : error
  } finally {
    const seconds = (performance.now() - startMs) / 1000
    metrics.record('spangate_query_seconds', seconds, { method, code })
  }
}

/** In the words of Go's router. */
function nothingAt(path: string, method: string, cors: CorsPolicy): HttpRoute {
  return {
    path,
    method,
    cors,
    headers: everyAnswer,
    accept() {
      throw new HttpRefusal(404, '404 page not found')
    },
    describe: ({ message }) => ({
      contentType: 'text/plain; charset=utf-8',
      body: `${message}\n`,
    }),
  }
}
