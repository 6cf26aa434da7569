import { GatewayError } from '../../errors/gateway-error.ts'
import type { DependencyLink } from '../../ports/dependency-store.ts'
import { badField, quoted } from '../bad-field.ts'
import { findDependencies } from '../dependencies.ts'
import type { Endpoint, ParameterDoc } from '../http/endpoint.ts'
import type { QueryString } from '../http/query-string.ts'
import { readBoolean, readInteger } from '../http/read-parameter.ts'
import type { Reads } from '../http/reads.ts'
import { boolean, integer, named, text } from '../http/schema.ts'
import { describeInEnvelope, enveloped } from './envelope.ts'
import { missingService } from './name-endpoints.ts'

const describe = describeInEnvelope

/** Up to the last moment of the year 9999, as a google.protobuf.Timestamp can be. */
const msRange = { min: 0, max: 253_402_300_799_999 }
const dayMs = 86_400_000

const endTs: ParameterDoc = {
  name: 'endTs',
  schema: { ...integer, minimum: 0 },
  doc: 'Where the time looked at ends, ms since the epoch; now when it is left out.',
}

/**
 * What Jaeger computes from many traces: which service calls which, and rates and latencies.
 *
 * Source: jaeger v2.20.0, http_handler.go and query_parser.go; docs/differences.md.
 */
export function analysisEndpoints(reads: AnalysisReads): Endpoint[] {
  return [dependencies(reads), ...['latencies', 'calls', 'errors'].map(metrics), minStep]
}

type AnalysisReads = Pick<Reads, 'now' | 'stored' | 'tenant'>

function dependencies({ now, stored, tenant }: AnalysisReads): Endpoint {
  return {
    method: 'GET',
    path: '/api/dependencies',
    operationId: 'getDependencies',
    doc: 'Which service calls which, and how often.',
    parameters: [
      endTs,
      lookback(dayMs),
      { name: 'service', schema: text, doc: 'Only links from or to this service.' },
    ],
    answer: named('DependenciesEnvelope'),
    failures: [],
    describe,
    async answers({ query, signal }) {
      const endMs = readMs(query, 'endTs') ?? now()
      const lookbackMs = readMs(query, 'lookback') ?? dayMs
      const service = query.text('service')
      // Nobody has counted calls before 1970, which a long lookback reaches.
      const window = { startMs: Math.max(0, endMs - lookbackMs), endMs }
      const links = await findDependencies(stored, tenant, window, signal)
      const asked = links.filter(({ parent, child }) => {
        return service === '' || parent === service || child === service
      })
      return enveloped(withoutSource(asked))
    },
  }
}

/** Each pair of services once, whatever counted its calls. */
function withoutSource(links: readonly DependencyLink[]) {
  const pairs = new Map<string, { parent: string; child: string; callCount: number }>()
  for (const { parent, child, callCount } of links) {
    const key = JSON.stringify([parent, child])
    const before = pairs.get(key)?.callCount ?? 0
    pairs.set(key, { parent, child, callCount: before + callCount })
  }
  return [...pairs.values()]
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

/** There are none, which is said when a request is one that Jaeger would take. */
function metrics(name: string): Endpoint {
  const isLatency = name === 'latencies'
  const quantile: ParameterDoc = {
    name: 'quantile',
    schema: { type: 'number', minimum: 0, maximum: 1 },
    doc: 'Which latency: 0.95 is the one that 95 % of the calls stay below.',
    required: true,
  }
  return {
    method: 'GET',
    path: `/api/metrics/${name}`,
    operationId: `getMetrics${name[0]?.toUpperCase()}${name.slice(1)}`,
    doc: `The ${name} of services over time. This gateway has no metrics of them.`,
    parameters: [...metricParameters, ...(isLatency ? [quantile] : [])],
    answer: {},
    failures: [501],
    describe,
    answers({ query }) {
      if (query.text('service') === '') throw missingService()
      if (isLatency) readQuantile(query)
      for (const kind of query.all('spanKind')) {
        if (kinds.includes(kind)) continue
        throw badField('spanKind', `is ${quoted(kind)}, must be one of ${kinds.join(', ')}`)
      }
      for (const time of ['endTs', 'lookback', 'step', 'ratePer']) readMs(query, time)
      const grouped = query.first('groupByOperation')
      if (grouped !== undefined) readBoolean(grouped)
      throw noMetrics()
    },
  }
}

const minStep: Endpoint = {
  method: 'GET',
  path: '/api/metrics/minstep',
  operationId: 'getMetricsMinStep',
  doc: 'The least step between two values. This gateway has no metrics of services.',
  parameters: [],
  answer: {},
  failures: [501],
  describe,
  answers() {
    throw noMetrics()
  },
}

const metricParameters: readonly ParameterDoc[] = [
  {
    name: 'service',
    schema: text,
    doc: 'Name of a service.',
    required: true,
    repeated: true,
  },
  {
    name: 'spanKind',
    schema: { type: 'string', enum: kinds },
    doc: 'Only spans of this kind; server when it is left out.',
    repeated: true,
  },
  { name: 'groupByOperation', schema: boolean, doc: 'A series for each operation.' },
  endTs,
  lookback(3_600_000),
  { name: 'step', schema: { ...integer, default: 5000 }, doc: 'ms between two values.' },
  { name: 'ratePer', schema: { ...integer, default: 600_000 }, doc: 'ms that a rate is of.' },
]

function lookback(defaultMs: number): ParameterDoc {
  return {
    name: 'lookback',
    schema: { ...integer, minimum: 0, default: defaultMs },
    doc: 'How long the time looked at is, ms.',
  }
}

function readMs(query: QueryString, name: string): number | undefined {
  const given = query.first(name)
  return given === undefined ? undefined : readInteger(given, msRange)
}

function readQuantile(query: QueryString): void {
  const given = query.text('quantile')
  if (/^(\d+(\.\d+)?|\.\d+)$/.test(given) && Number(given) <= 1) return
  throw badField('quantile', `is ${quoted(given)}, must be a number from 0 to 1`)
}

/** In Jaeger's words. */
function noMetrics(): GatewayError {
  const message = 'trace metrics are currently disabled - no metrics backend configured'
  return new GatewayError('unimplemented', message)
}
