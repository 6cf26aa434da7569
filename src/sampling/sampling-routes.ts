import type { StrategyTypeForm } from '../../bridge/jaeger-sampling/encode-json.ts'
import { HttpRefusal } from '../errors/http-status.ts'
import { CorsPolicy } from '../transport/cors.ts'
import type { HttpAnswer, HttpRoute, HttpRouter } from '../transport/http-route.ts'
import { pathOf, queryOf } from '../transport/http-route.ts'
import type { BaggageRestriction } from './baggage-restrictions.ts'
import type { StrategyAnswers } from './strategy-answers.ts'

/**
 * The paths of port 5778, which Jaeger's clients and OpenTelemetry's samplers ask: `/sampling`, `/` with the
 * kind of a strategy as a number, and `/baggageRestrictions`.
 *
 * @param restrictions of baggage; without any the path says that there are none, as Jaeger's agent did
 */
export function agentRouter(
  answers: StrategyAnswers,
  restrictions: readonly BaggageRestriction[],
): HttpRouter {
  const listener = 'sampling_http'
  const baggage = JSON.stringify(restrictions)
  return routerOf({
    '/': strategyAnswer(answers, listener, 'number'),
    '/sampling': strategyAnswer(answers, listener, 'word'),
    '/baggageRestrictions': () => {
      if (restrictions.length > 0) return json(baggage)
      return {
        status: 501,
        headers: textHeaders,
        body: 'collector error: baggage restrictions not implemented\n',
      }
    },
  })
}

/** `/api/sampling` of Jaeger's collector, on port 14268. */
export function collectorSamplingRouter(answers: StrategyAnswers): HttpRouter {
  return routerOf({ '/api/sampling': strategyAnswer(answers, 'jaeger_http', 'word') })
}

/** What a service is answered. */
type Answer = (service: string) => HttpAnswer

function strategyAnswer(
  answers: StrategyAnswers,
  listener: string,
  form: StrategyTypeForm,
): Answer {
  return (service) => json(answers.json(service, form, listener))
}

/** Paths that take a GET. */
function routerOf(answers: Readonly<Record<string, Answer>>): HttpRouter {
  const byPath = new Map(Object.entries(answers))
  return (_method, target) => {
    const path = pathOf(target)
    const answer = byPath.get(path)
    return answer === undefined ? undefined : route(path, queryOf(target), answer)
  }
}

/** A GET that names its service once; which one may be empty, as with Jaeger. */
function route(path: string, query: string, answer: Answer): HttpRoute {
  return {
    path,
    method: 'GET',
    // Jaeger's own ports answer no page of another origin either.
    cors: new CorsPolicy([], []),
    accept: () => async () => answer(serviceOf(query)),
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
