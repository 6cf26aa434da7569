import { microsOfNano } from '../../bridge/model/micros.ts'
import type { Duration__Output } from '../../proto/gen/google/protobuf/Duration.ts'
import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import { queryOfLegacy } from '../search/legacy-query.ts'
import { queryLimitDefaults } from '../search/query-limits.ts'
import { badField } from './bad-field.ts'
import { nanoOfDuration, nanoOfTimestamp } from './read-time.ts'

/** How many traces a search returns at most when the request does not say. */
export const searchDepthDefault = 100
/** Most attributes that one search may name; as a filter they stay within src/search's limits. */
export const searchAttributesMax = 100

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

/** Where the two APIs differ, and what the settings say. */
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
  const { serviceName, operationName } = parameters
  checkText(serviceName, 'query.service_name')
  checkText(operationName, 'query.operation_name')
  return queryOfLegacy({
    ...(serviceName !== '' && { service: serviceName }),
    ...(operationName !== '' && { operation: operationName }),
    attributes: readAttributes(parameters.attributes, rules.attributesField),
    ...readWindow(parameters, rules.timesRequired),
    ...readDurations(parameters),
    limit: readSearchDepth(parameters.searchDepth, rules.searchDepthMax),
  })
}

function readAttributes(
  attributes: SearchParameters['attributes'],
  field: string,
): ReadonlyMap<string, string> {
  const entries = Object.entries(attributes)
  if (entries.length > searchAttributesMax) {
    throw badField(field, `has ${entries.length} keys, must have at most ${searchAttributesMax}`)
  }
  for (const [key, value] of entries) {
    if (key === '') throw badField(field, 'has an empty key, must name an attribute')
    checkText(key, field)
    checkText(value, field)
  }
  return new Map(entries)
}

function checkText(text: string, field: string): void {
  const { textMax } = queryLimitDefaults
  if (text.length <= textMax) return
  throw badField(field, `has a text of ${text.length} characters, must have at most ${textMax}`)
}

/** Compares whole microseconds, as the search itself does. */
function readWindow(
  parameters: SearchParameters,
  required: boolean,
): { minMicros?: number; maxMicros?: number } {
  const min = nanoOfTimestamp(parameters.startTimeMin, 'query.start_time_min')
  const max = nanoOfTimestamp(parameters.startTimeMax, 'query.start_time_max')
  if (required && min === undefined) throw badField('query.start_time_min', 'is required')
  if (required && max === undefined) throw badField('query.start_time_max', 'is required')
  if (min !== undefined && max !== undefined && min / 1000n >= max / 1000n) {
    throw badField(
      'query.start_time_max',
      'is not after query.start_time_min, must be later by at least 1 µs',
    )
  }
  return {
    ...(min !== undefined && { minMicros: microsOfNano(min) }),
    ...(max !== undefined && { maxMicros: microsOfNano(max) }),
  }
}

function readDurations(parameters: SearchParameters): {
  durationMinNano?: bigint
  durationMaxNano?: bigint
} {
  const min = nanoOfDuration(parameters.durationMin, 'query.duration_min')
  const max = nanoOfDuration(parameters.durationMax, 'query.duration_max')
  if (min !== undefined && max !== undefined && min > max) {
    throw badField('query.duration_min', 'is longer than query.duration_max')
  }
  return {
    ...(min !== undefined && { durationMinNano: min }),
    ...(max !== undefined && { durationMaxNano: max }),
  }
}

function readSearchDepth(depth: number, max: number): number {
  if (depth < 0 || depth > max) {
    throw badField('query.search_depth', `is ${depth}, must be 0 to ${max}`)
  }
  // A default above a maximum that someone set lower would refuse what nobody asked for.
  return depth === 0 ? Math.min(searchDepthDefault, max) : depth
}
