import type { Call as WireCall } from '../../../proto/gen/jaeger/expression/v1/Call.ts'
import type { SearchCapabilities__Output } from '../../../proto/gen/jaeger/storage/v2/SearchCapabilities.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { Call } from '../../ports/span-query.ts'
import { legacyParametersOf } from './legacy-parameters.ts'
import type { FilterAbilities } from './wire-filter.ts'
import { wireFilterOf } from './wire-filter.ts'

/** What a remote can search by. */
export interface SearchAbilities {
  /** A search need not name a service. */
  readonly withoutService: boolean
  /** Undefined: it takes no filter. */
  readonly filter: FilterAbilities | undefined
}

/** What a remote told of itself; one that tells nothing can do as little as there is. */
export function searchAbilitiesOf(told: SearchCapabilities__Output | undefined): SearchAbilities {
  const { levels = [], operators = [] } = told?.filter ?? {}
  return {
    withoutService: told?.withoutServiceName ?? false,
    filter:
      operators.length === 0
        ? undefined
        : { levels: new Set(levels), operators: new Set(operators) },
  }
}

/** What a remote is asked by, but for times and depth. */
export type Predicates = Omit<TraceQueryParameters, 'startTimeMin' | 'startTimeMax' | 'searchDepth'>

/**
 * The searches of a remote that together find every trace which a checked filter asks for, and perhaps others:
 * one, or one for each service where it has to be told of one.
 *
 * @param services names all services that there are
 */
export async function planSearch(
  filter: Call | undefined,
  { withoutService, filter: abilities }: SearchAbilities,
  services: () => Promise<readonly string[]>,
): Promise<readonly Predicates[]> {
  const legacy = legacyParametersOf(filter)
  if (abilities === undefined) {
    if (withoutService || legacy.serviceName !== undefined) return [legacy]
    return (await services()).map((serviceName) => ({ ...legacy, serviceName }))
  }
  const { call } = wireFilterOf(filter, abilities)
  if (withoutService || legacy.serviceName !== undefined) return [call ? { filter: call } : {}]
  return (await services()).map((name) => ({ filter: ofService(name, call) }))
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
