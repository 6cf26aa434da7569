import type { Call, ConstantTerm, FieldLevel, SpanQuery, Term } from '../ports/span-query.ts'
import { kindWords, statusWords } from './reference.ts'

/** The predicates of the old query APIs; '' and undefined ask for nothing. */
export interface LegacyPredicates {
  readonly service?: string | undefined
  readonly operation?: string | undefined
  /** All must hold on one span. */
  readonly attributes?: ReadonlyMap<string, string> | undefined
  readonly minMicros?: number | undefined
  readonly maxMicros?: number | undefined
  /** Both bounds are inclusive. */
  readonly durationMinNano?: bigint | undefined
  readonly durationMaxNano?: bigint | undefined
  readonly limit: number
}

/**
 * The old predicates as a query. An attribute is looked for at every level and compares by its
 * text form, so 500 finds the integer and the string. These keys have a meaning of their own:
 *
 *   error               true: status error, or an attribute `error` that reads true; false: not so
 *   span.kind           `server`, `client`, ... of either case
 *   span.status, otel.status_code
 *                       `unset`, `ok`, `error` of either case
 *   otel.status_description
 *                       the status message
 *   scope.name, scope.version, otel.scope.name, otel.scope.version
 *                       the instrumentation scope
 *   resource.KEY        attribute KEY of the resource, or an attribute of the whole name
 *
 * Source: Jaeger's query service and memory store; translation of Jaeger tags.
 */
export function queryOfLegacy(predicates: LegacyPredicates): SpanQuery {
  const conditions: Call[] = []
  const { service, operation, attributes, durationMinNano, durationMaxNano } = predicates
  if (service) conditions.push(fieldIs('resource', 'service', service))
  if (operation) conditions.push(fieldIs('span', 'name', operation))
  for (const [key, value] of attributes ?? []) conditions.push(attributeCondition(key, value))
  if (durationMinNano !== undefined) conditions.push(durationCall('gte', durationMinNano))
  if (durationMaxNano !== undefined) conditions.push(durationCall('lte', durationMaxNano))
  const filter = conditions.length > 1 ? call('and', ...conditions) : conditions[0]
  const { minMicros, maxMicros, limit } = predicates
  return {
    ...(minMicros === undefined ? {} : { minMicros }),
    ...(maxMicros === undefined ? {} : { maxMicros }),
    ...(filter === undefined ? {} : { filter }),
    limit,
  }
}

function attributeCondition(key: string, value: string): Call {
  switch (key) {
    case 'error':
      return errorCondition(value)
    case 'span.kind':
      return wordIs('kind', key, value)
    case 'span.status':
    case 'otel.status_code':
      return wordIs('status', key, value)
    case 'otel.status_description':
      return fieldIs('span', 'statusMessage', value)
    case 'scope.name':
    case 'otel.scope.name':
      return fieldIs('scope', 'name', value)
    case 'scope.version':
    case 'otel.scope.version':
      return fieldIs('scope', 'version', value)
    default:
      break
  }
  const whole = call('eq', { kind: 'attr', key, level: '' }, any(value))
  const inner = key.startsWith(resourcePrefix) ? key.slice(resourcePrefix.length) : ''
  if (inner === '') return whole
  return call('or', call('eq', { kind: 'attr', key: inner, level: 'resource' }, any(value)), whole)
}

const resourcePrefix = 'resource.'

/** Any other text than the two booleans is an attribute like every other. */
function errorCondition(value: string): Call {
  const attribute: Term = { kind: 'attr', key: 'error', level: '' }
  const isTrue = call('or', fieldIs('span', 'status', 'error'), call('eq', attribute, any('true')))
  if (value === 'true') return isTrue
  return value === 'false' ? call('not', isTrue) : call('eq', attribute, any(value))
}

/** A word that is none of them is looked for as an attribute of that name. */
function wordIs(name: 'kind' | 'status', key: string, value: string): Call {
  const word = value.toLowerCase()
  const words = name === 'kind' ? kindWords : statusWords
  if (words.includes(word)) return fieldIs('span', name, word)
  return call('eq', { kind: 'attr', key, level: '' }, any(value))
}

function fieldIs(level: FieldLevel, name: string, value: string): Call {
  return call('eq', { kind: 'field', level, name }, { kind: 'string', value })
}

function durationCall(op: 'gte' | 'lte', value: bigint): Call {
  return call(
    op,
    { kind: 'field', level: 'span', name: 'duration' },
    { kind: 'durationNano', value },
  )
}

function any(value: string): ConstantTerm {
  return { kind: 'any', value }
}

function call(op: Call['op'], ...args: readonly Term[]): Call {
  return { kind: 'call', op, args }
}
