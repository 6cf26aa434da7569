import type { Call as WireCall } from '../../../proto/gen/jaeger/expression/v1/Call.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { Call } from '../../ports/span-query.ts'
import { legacyParametersOf } from './legacy-parameters.ts'
import type { ToldCapabilities } from './remote-storage.ts'
import type { FilterAbilities } from './wire-filter.ts'
import { wireFilterOf } from './wire-filter.ts'

/** What a remote can search by. */
export interface SearchAbilities {
  /** A search need not name a service. */
  readonly withoutService: boolean
  /** Undefined: it takes no filter. */
  readonly filter: FilterAbilities | undefined
  /** It gives the newest first, and exactly as many as it is asked for. */
  readonly isOrdered: boolean
}

/** What a remote told of itself; one that tells nothing can do as little as there is. */
export function searchAbilitiesOf(told: ToldCapabilities | undefined): SearchAbilities {
  const { levels = [], operators = [] } = told?.search?.filter ?? {}
  return {
    withoutService: told?.search?.withoutServiceName ?? false,
    isOrdered: told?.isOrdered ?? false,
    filter:
      operators.length === 0
        ? undefined
        : { levels: new Set(levels), operators: new Set(operators) },
  }
}

/** What a remote is asked by, but for times and depth. */
export type Predicates = Omit<TraceQueryParameters, 'startTimeMin' | 'startTimeMax' | 'searchDepth'>

/** What a remote is asked for one search. */
export interface SearchPlan {
  /** Together they find every trace that the filter asks for, and perhaps others. */
  readonly searches: readonly Predicates[]
  /** There is one search, and what it finds is the answer: none left out, no other, in its order. */
  readonly isAnswer: boolean
}

/**
 * The searches for a checked filter: one, or one for each service where the remote has to be told of one.
 *
 * @param services names all services that there are
 */
export async function planSearch(
  filter: Call | undefined,
  abilities: SearchAbilities,
  services: () => Promise<readonly string[]>,
): Promise<SearchPlan> {
  const legacy = legacyParametersOf(filter)
  const isOne = abilities.withoutService || legacy.serviceName !== undefined
  if (abilities.filter === undefined) {
    const searches = isOne
      ? [legacy]
      : (await services()).map((serviceName) => ({ ...legacy, serviceName }))
    return { searches, isAnswer: false }
  }
  const { call, isWhole } = wireFilterOf(filter, abilities.filter)
  if (!isOne) {
    const searches = (await services()).map((name) => ({ filter: ofService(name, call) }))
    return { searches, isAnswer: false }
  }
  return { searches: [call ? { filter: call } : {}], isAnswer: isWhole && abilities.isOrdered }
}

function ofService(name: string, call: WireCall | undefined): WireCall {
  const service: WireCall = {
    op: 'eq',
    args: [
      { field: { name: 'service', level: 'resource' } },
      { scalar: { value: name, type: 'string' } },
    ],
  }
  return call === undefined ? service : { op: 'and', args: [{ call: service }, { call }] }
}
