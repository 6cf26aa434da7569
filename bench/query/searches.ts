import type { TraceQueryParameters } from '../../proto/gen/jaeger/api_v3/TraceQueryParameters.ts'
import type { BenchRandom } from '../load/random.ts'
import { operationName, operationsPerService, serviceCount, serviceName } from '../load/world.ts'
import type { AnswerCounts, QueryCall } from './query-client.ts'
import type { StoreFacts } from './store-facts.ts'
import { fiveValue, longNano, rareValue } from './store-facts.ts'

/** A kind of search: each call asks for something else, as far as its kind has something else. */
export interface SearchKind {
  readonly name: string
  readonly call: (random: BenchRandom) => QueryCall
  /** What is wrong with an answer; undefined when nothing is. */
  readonly fault: (counts: AnswerCounts) => string | undefined
}

/** Traces that a search asks for. */
const depth = 20
const hourMs = 3_600_000

/** All kinds of searches over a store of which the facts are known. */
export function searchKinds(facts: StoreFacts): readonly SearchKind[] {
  const whole = (): TraceQueryParameters => ({
    startTimeMin: timestamp(facts.startUnixMs - hourMs),
    startTimeMax: timestamp(Math.max(facts.endUnixMs, Date.now()) + hourMs),
    searchDepth: depth,
  })
  const lastHour = (): TraceQueryParameters => ({
    ...whole(),
    startTimeMin: timestamp(facts.endUnixMs - hourMs),
  })
  const tenant = (value: string): TraceQueryParameters => {
    return { ...whole(), attributes: { tenant: value } }
  }
  const isLong = { durationMin: { seconds: (longNano / 1e9) * 0.9, nanos: 0 } }
  const service = (random: BenchRandom): { readonly serviceName: string } => {
    return { serviceName: serviceName(random.below(serviceCount)) }
  }
  const find = (query: TraceQueryParameters): QueryCall => ({ method: 'FindTraces', query })
  const summaries = (query: TraceQueryParameters): QueryCall => {
    return { method: 'FindTraceSummaries', query }
  }
  return [
    {
      name: 'trace of 30 spans',
      call: (random) => ({
        method: 'GetTrace',
        traceId: facts.tracesOf30[random.below(facts.tracesOf30.length)] ?? '',
      }),
      fault: ({ spans }) => (spans === 30 ? undefined : `${spans} spans, must be 30`),
    },
    {
      name: 'newest 20 of a service',
      call: (random) => find({ ...lastHour(), ...service(random) }),
      fault: exactly(depth),
    },
    {
      name: 'newest 20 of a service, summaries',
      call: (random) => summaries({ ...lastHour(), ...service(random) }),
      fault: exactly(depth),
    },
    {
      name: 'service and operation',
      call: (random) => find({ ...whole(), ...serviceAndOperation(random) }),
      fault: exactly(depth),
    },
    {
      name: 'error=true of a service',
      call: (random) => find({ ...whole(), ...service(random), attributes: { error: 'true' } }),
      fault: exactly(depth),
    },
    {
      name: 'value with 5 hits',
      call: () => find(tenant(fiveValue)),
      fault: exactly(facts.fiveTraces.length),
    },
    {
      name: 'value in 1 of 10,000',
      call: () => find(tenant(rareValue)),
      fault: exactly(Math.min(depth, facts.rareTraces)),
    },
    {
      name: 'value in 1 of 10,000, and duration',
      call: () => find({ ...tenant(rareValue), ...isLong }),
      fault: exactly(Math.min(depth, facts.rareLongTraces)),
    },
    {
      name: 'duration in 1 of 10,000',
      call: () => find({ ...whole(), ...isLong }),
      fault: exactly(Math.min(depth, facts.longTraces)),
    },
    {
      name: 'absent value',
      call: (random) => find(tenant(`t-9${String(random.below(1000)).padStart(3, '0')}`)),
      fault: exactly(0),
    },
  ]
}

/**
 * Searches of which the answers are few, among spans of any services.
 *
 * @param service of which all spans with the rare value are, or undefined: of any
 */
export function fewHitSearches(facts: StoreFacts, service?: string): readonly SearchKind[] {
  const names = ['trace of 30 spans', 'value with 5 hits', 'absent value']
  const kinds = searchKinds(facts).filter(({ name }) => names.includes(name))
  // All spans have the second attribute.
  const twoAttributes = { tenant: rareValue, 'k8s.namespace.name': 'shop' }
  return [
    ...kinds,
    {
      name: `two attributes and a duration${service === undefined ? ', any service' : ''}`,
      call: () => ({
        method: 'FindTraces',
        query: {
          startTimeMin: timestamp(facts.startUnixMs - hourMs),
          startTimeMax: timestamp(Math.max(facts.endUnixMs, Date.now()) + hourMs),
          searchDepth: depth,
          attributes: twoAttributes,
          durationMin: { seconds: (longNano / 1e9) * 0.9, nanos: 0 },
          ...(service === undefined ? {} : { serviceName: service }),
        },
      }),
      fault: exactly(Math.min(depth, facts.rareLongTraces)),
    },
  ]
}

/** Searches without a bound on their answers, which check that every planted trace is found. */
export function completeSearches(facts: StoreFacts): readonly SearchKind[] {
  const deep = (name: string, change: TraceQueryParameters, traces: number): SearchKind => ({
    name,
    call: () => ({
      method: 'FindTraceSummaries',
      query: {
        startTimeMin: timestamp(facts.startUnixMs - hourMs),
        startTimeMax: timestamp(facts.endUnixMs + hourMs),
        searchDepth: 10_000,
        ...change,
      },
    }),
    fault: exactly(Math.min(10_000, traces)),
  })
  const isLong = { durationMin: { seconds: (longNano / 1e9) * 0.9, nanos: 0 } }
  const isRare = { attributes: { tenant: rareValue } }
  return [
    deep('all with the value in 1 of 10,000', isRare, facts.rareTraces),
    deep('all of the long duration', isLong, facts.longTraces),
    deep('all with both', { ...isRare, ...isLong }, facts.rareLongTraces),
  ]
}

function exactly(wanted: number): SearchKind['fault'] {
  return ({ traces }) => (traces === wanted ? undefined : `${traces} traces, must be ${wanted}`)
}

function serviceAndOperation(random: BenchRandom): TraceQueryParameters {
  const service = random.below(serviceCount)
  return {
    serviceName: serviceName(service),
    operationName: operationName(service, random.below(operationsPerService)),
  }
}

function timestamp(unixMs: number): { readonly seconds: number; readonly nanos: number } {
  return { seconds: Math.floor(unixMs / 1000), nanos: Math.floor((unixMs % 1000) * 1e6) }
}
