import { microsOfNano } from '../../bridge/model/micros.ts'
import type { Duration__Output } from '../../proto/gen/google/protobuf/Duration.ts'
import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import { queryOfLegacy } from '../search/legacy-query.ts'
import { queryLimitDefaults } from '../search/query-limits.ts'
import { badField } from './bad-field.ts'
import type { WireCall } from './read-filter.ts'
import { readFilter } from './read-filter.ts'
import { nanoOfDuration, nanoOfTimestamp } from './read-time.ts'

/** How many traces a search returns at most when the request does not say. */
export const searchDepthDefault = 100
/** Most attributes that one search may name; as a filter they stay within src/search's limits. */
const searchAttributesMax = 100

/** What TraceQueryParameters of both APIs have in common. */
export interface SearchParameters {
  readonly serviceName: string
  readonly operationName: string
  /** `tags` in api_v2. */
  readonly attributes: { readonly [key: string]: string }
  readonly startTimeMin: Timestamp__Output | null
  readonly startTimeMax: Timestamp__Output | null
  readonly durationMin: Duration__Output | null
  readonly durationMax: Duration__Output | null
  readonly searchDepth: number
}

/** The conditions of a search, whatever brought them; '' and undefined ask for nothing. */
export interface SearchConditions {
  readonly service: string
  readonly operation: string
  readonly attributes: ReadonlyMap<string, string>
  /** The window `[min, max)`, since the epoch. */
  readonly minNano: bigint | undefined
  readonly maxNano: bigint | undefined
  readonly durationMinNano: bigint | undefined
  readonly durationMaxNano: bigint | undefined
  /** Most traces; 0 for the default. */
  readonly depth: number
}

/** What a request calls its conditions, for errors. */
export type SearchNames = Readonly<Record<keyof SearchConditions, string>>

/** Where the two gRPC APIs differ, and what the settings say. */
export interface SearchRules {
  /** What the request calls its attributes. */
  readonly attributesField: 'query.attributes' | 'query.tags'
  /** True where a search must name both ends of its window. */
  readonly timesRequired: boolean
  /** Most traces that one search may ask for. */
  readonly searchDepthMax: number
}

/**
 * The search that a request asks for. All of its conditions hold on one span (src/search).
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export function readSearch(parameters: SearchParameters, rules: SearchRules): SpanQuery {
  return searchOf(readConditions(parameters), namesOf(rules), rules)
}

/**
 * Conditions as a query.
 *
 * @throws GatewayError 'invalid_argument' naming the field as the request does
 */
export function searchOf(
  conditions: SearchConditions,
  names: SearchNames,
  rules: Pick<SearchRules, 'timesRequired' | 'searchDepthMax'>,
): SpanQuery {
  const { service, operation, attributes } = conditions
  checkText(service, names.service)
  checkText(operation, names.operation)
  checkAttributes(attributes, names.attributes)
  return queryOfLegacy({
    ...(service !== '' && { service }),
    ...(operation !== '' && { operation }),
    attributes,
    ...windowOf(conditions, names, rules.timesRequired),
    ...durationsOf(conditions, names),
    limit: limitOf(conditions.depth, names.depth, rules.searchDepthMax),
  })
}

/**
 * The search that a request with a filter asks for; of the other conditions it has only the window.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export function readFilteredSearch(
  parameters: SearchParameters,
  filter: WireCall,
  rules: SearchRules,
): SpanQuery {
  return filteredSearchOf(readConditions(parameters), filter, namesOf(rules), rules)
}

/**
 * A filter, and the window and depth of the conditions, as a query.
 *
 * @throws GatewayError 'invalid_argument' naming the field, also when there is another condition
 */
export function filteredSearchOf(
  conditions: SearchConditions,
  filter: WireCall,
  names: SearchNames,
  rules: Pick<SearchRules, 'timesRequired' | 'searchDepthMax'>,
): SpanQuery {
  const { service, operation, attributes, durationMinNano, durationMaxNano } = conditions
  const others = [
    [service !== '', names.service],
    [operation !== '', names.operation],
    [attributes.size > 0, names.attributes],
    [durationMinNano !== undefined, names.durationMinNano],
    [durationMaxNano !== undefined, names.durationMaxNano],
  ] as const
  for (const [isGiven, name] of others) {
    if (isGiven) throw badField(name, 'is beside a filter, must be a condition in it')
  }
  return {
    ...windowOf(conditions, names, rules.timesRequired),
    filter: readFilter(filter),
    limit: limitOf(conditions.depth, names.depth, rules.searchDepthMax),
  }
}

function readConditions(parameters: SearchParameters): SearchConditions {
  return {
    service: parameters.serviceName,
    operation: parameters.operationName,
    attributes: new Map(Object.entries(parameters.attributes)),
    minNano: nanoOfTimestamp(parameters.startTimeMin, 'query.start_time_min'),
    maxNano: nanoOfTimestamp(parameters.startTimeMax, 'query.start_time_max'),
    durationMinNano: nanoOfDuration(parameters.durationMin, 'query.duration_min'),
    durationMaxNano: nanoOfDuration(parameters.durationMax, 'query.duration_max'),
    depth: parameters.searchDepth,
  }
}

function namesOf({ attributesField }: SearchRules): SearchNames {
  return {
    service: 'query.service_name',
    operation: 'query.operation_name',
    attributes: attributesField,
    minNano: 'query.start_time_min',
    maxNano: 'query.start_time_max',
    durationMinNano: 'query.duration_min',
    durationMaxNano: 'query.duration_max',
    depth: 'query.search_depth',
  }
}

function checkAttributes(attributes: ReadonlyMap<string, string>, field: string): void {
  if (attributes.size > searchAttributesMax) {
    throw badField(field, `has ${attributes.size} keys, must have at most ${searchAttributesMax}`)
  }
  for (const [key, value] of attributes) {
    if (key === '') throw badField(field, 'has an empty key, must name an attribute')
    checkText(key, field)
    checkText(value, field)
  }
}

function checkText(text: string, field: string): void {
  const { textMax } = queryLimitDefaults
  if (text.length <= textMax) return
  throw badField(field, `has a text of ${text.length} characters, must have at most ${textMax}`)
}

/**
 * The window of a search in whole microseconds, as which the search itself compares.
 *
 * @throws GatewayError 'invalid_argument' for a required time that is missing, and an empty window
 */
export function windowOf(
  { minNano: min, maxNano: max }: Pick<SearchConditions, 'minNano' | 'maxNano'>,
  names: Pick<SearchNames, 'minNano' | 'maxNano'>,
  required: boolean,
): { minMicros?: number; maxMicros?: number } {
  if (required && min === undefined) throw badField(names.minNano, 'is required')
  if (required && max === undefined) throw badField(names.maxNano, 'is required')
  if (min !== undefined && max !== undefined && min / 1000n >= max / 1000n) {
    throw badField(names.maxNano, `is not after ${names.minNano}, must be later by at least 1 µs`)
  }
  return {
    ...(min !== undefined && { minMicros: microsOfNano(min) }),
    ...(max !== undefined && { maxMicros: microsOfNano(max) }),
  }
}

function durationsOf(
  { durationMinNano: min, durationMaxNano: max }: SearchConditions,
  names: SearchNames,
): { durationMinNano?: bigint; durationMaxNano?: bigint } {
  if (min !== undefined && max !== undefined && min > max) {
    throw badField(names.durationMinNano, `is longer than ${names.durationMaxNano}`)
  }
  return {
    ...(min !== undefined && { durationMinNano: min }),
    ...(max !== undefined && { durationMaxNano: max }),
  }
}

/** How many traces a search of this depth may find. @throws GatewayError 'invalid_argument' */
export function limitOf(depth: number, field: string, max: number): number {
  if (depth < 0 || depth > max) throw badField(field, `is ${depth}, must be 0 to ${max}`)
  // A default above a maximum that someone set lower would refuse what nobody asked for.
  return depth === 0 ? Math.min(searchDepthDefault, max) : depth
}
