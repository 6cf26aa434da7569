import type { StrategyTypeForm } from '../../bridge/jaeger-sampling/encode-json.ts'
import { HttpRefusal } from '../errors/http-status.ts'
import { CorsPolicy } from '../transport/cors.ts'
import type { HttpAnswer, HttpRoute } from '../transport/http-route.ts'
import type { BaggageRestriction } from './baggage-restrictions.ts'
import type { StrategyAnswers } from './strategy-answers.ts'

/**
 * The paths of port 5778, which Jaeger's clients and OpenTelemetry's samplers ask: `/sampling`, `/` with the
 * kind of a strategy as a number, and `/baggageRestrictions`.
 *
 * @param restrictions of baggage; without any the path says that there are none, as Jaeger's agent did
 */
export function agentRoutes(
  answers: StrategyAnswers,
  restrictions: readonly BaggageRestriction[],
): readonly HttpRoute[] {
  const listener = 'sampling_http'
  const baggage = JSON.stringify(restrictions)
  return [
    strategyRoute('/', { answers, listener, form: 'number' }),
    strategyRoute('/sampling', { answers, listener, form: 'word' }),
    route('/baggageRestrictions', () => {
      if (restrictions.length > 0) return json(baggage)
      return {
        status: 501,
        headers: textHeaders,
        body: 'collector error: baggage restrictions not implemented\n',
      }
    }),
  ]
}

/** `/api/sampling` of Jaeger's collector, on port 14268. */
export function collectorSamplingRoute(answers: StrategyAnswers): HttpRoute {
  return strategyRoute('/api/sampling', { answers, listener: 'jaeger_http', form: 'word' })
}

interface StrategyRouteOptions {
  readonly answers: StrategyAnswers
  readonly listener: string
  readonly form: StrategyTypeForm
}

function strategyRoute(path: string, { answers, listener, form }: StrategyRouteOptions): HttpRoute {
  return route(path, (service) => json(answers.json(service, form, listener)))
}

/** A GET that names its service once; which one may be empty, as with Jaeger. */
function route(path: string, answer: (service: string) => HttpAnswer): HttpRoute {
  return {
    path,
    // Jaeger's own ports answer no page of another origin either.
    cors: new CorsPolicy([], []),
    answer: (query) => answer(serviceOf(query)),
    describe: ({ message }) => ({ contentType: textHeaders['content-type'], body: `${message}\n` }),
  }
}

function serviceOf(query: string): string {
  const [service, ...others] = new URLSearchParams(query).getAll('service')
  if (service !== undefined && others.length === 0) return service
  throw new HttpRefusal(400, "'service' parameter must be provided once")
}

const textHeaders = { 'content-type': 'text/plain; charset=utf-8' } as const
const jsonHeaders = { 'content-type': 'application/json' } as const

function json(body: string): HttpAnswer {
  return { status: 200, headers: jsonHeaders, body }
}
