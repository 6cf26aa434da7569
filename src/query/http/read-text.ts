import { GatewayError } from '../../errors/gateway-error.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import { compileText } from '../../search/text/compile-query.ts'
import { badField } from '../bad-field.ts'
import type { PagedSearch } from '../text-or-conditions.ts'
import type { ParameterDoc } from './endpoint.ts'
import type { QueryString } from './query-string.ts'
import { text } from './schema.ts'

/** Documents `withText`. */
export const textParameter: ParameterDoc = {
  name: 'q',
  schema: text,
  doc: 'A query text such as `{ status = error && duration > 100ms }` instead of all conditions but the window and the limit.',
}

/**
 * The search by the text that a request has, in the window of its other parameters; these, when it
 * has none.
 *
 * @param conditions names of parameters that a text has instead
 * @throws GatewayError 'invalid_argument' for a bad text with line and column, or a condition beside it
 */
export function withText(
  query: QueryString,
  search: SpanQuery,
  conditions: readonly string[],
): PagedSearch {
  const given = query.first(textParameter.name)
  if (given === undefined) return search
  const beside = query.first(...conditions)
  if (beside !== undefined) throw badField(beside.name, 'is beside q, must be a condition in it')
  const { filter: _all, ...window } = search
  const compiled = readingText(given.name, () => compileText(given.text))
  return { ...window, text: { source: given.text, compiled } }
}

/** Runs what reads a text; what is wrong with it is told of this parameter. */
export function readingText<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof GatewayError) || error.field !== 'query') throw error
    throw new GatewayError('invalid_argument', error.message, { field: name })
  }
}
