import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import { checkFilter } from './check-filter.ts'
import type { QueryLimits } from './query-limits.ts'
import { queryLimitDefaults } from './query-limits.ts'

/**
 * Fails unless the query makes sense and is within the limits, so that everything behind it may
 * take both for granted. Every store calls it first.
 *
 * A filter is held to the operand rules of Jaeger RFC 0005, §5.3 and §5.5. Constants beside a
 * time or a duration must be resolved already.
 *
 * @throws GatewayError 'invalid_argument' with the path of the field at fault
 */
export function checkQuery(query: SpanQuery, limits: QueryLimits = queryLimitDefaults): void {
  const { limit, minMicros, maxMicros } = query
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw refused('limit', `limit is ${limit}, must be a whole number from 1 on`)
  }
  if (limit > limits.tracesMax) {
    throw refused('limit', `limit is ${limit}, must be at most ${limits.tracesMax}`)
  }
  checkMicros('minMicros', minMicros)
  checkMicros('maxMicros', maxMicros)
  if (minMicros !== undefined && maxMicros !== undefined && minMicros > maxMicros) {
    throw refused('maxMicros', 'the window ends before it begins')
  }
  if (query.filter !== undefined) checkFilter(query.filter, limits)
}

function checkMicros(field: string, micros: number | undefined): void {
  if (micros === undefined || Number.isSafeInteger(micros)) return
  throw refused(field, `${field} is ${micros}, must be whole microseconds`)
}

function refused(field: string, state: string): GatewayError {
  return new GatewayError('invalid_argument', `Cannot search traces: ${state}`, { field })
}
