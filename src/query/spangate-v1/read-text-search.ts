import { microsOfNano } from '../../../bridge/model/micros.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import { resultFilter } from '../../search/text/candidate-filters.ts'
import { compileText } from '../../search/text/compile-query.ts'
import type { TextSearch } from '../../search/text/text-search.ts'
import { badField } from '../bad-field.ts'

/** Traces, spans of each, and names or values, when a request does not say. */
export const textDefaults = { traces: 20, spans: 3, list: 100 } as const
/** The most that a request may ask for. */
export const textMost = { spans: 1000, list: 10_000, answerSpans: 50_000 } as const

/** What a request calls its fields, for errors. */
export interface TextNames {
  readonly query: string
  readonly limit: string
  readonly spansPerTrace: string
  readonly min: string
  readonly max: string
}

/** Times since the epoch. */
export interface TextWindow {
  readonly minNano: bigint | undefined
  readonly maxNano: bigint | undefined
}

/** A search by text as a request has it; 0 stands for what is usual. */
export interface TextRequest extends TextWindow {
  readonly query: string
  readonly limit: number
  readonly spansPerTrace: number
}

/**
 * The search that a request asks for.
 *
 * @param tracesMax most traces that it may ask for
 * @throws GatewayError 'invalid_argument' naming the field; of a bad text with line and column
 */
export function readTextSearch(
  request: TextRequest,
  names: TextNames,
  tracesMax: number,
): TextSearch {
  if (request.query === '') throw badField(names.query, 'is required')
  const limit = readLimit(request.limit, names.limit, textDefaults.traces, tracesMax)
  const { spansPerTrace } = request
  const spansMax = readLimit(spansPerTrace, names.spansPerTrace, textDefaults.spans, textMost.spans)
  if (limit * spansMax > textMost.answerSpans) {
    const state = `is ${spansMax} of ${limit} traces, must be at most ${textMost.answerSpans} in all`
    throw badField(names.spansPerTrace, state)
  }
  const compiled = compileText(request.query)
  return { compiled, ...windowOfText(request, names), limit, spansMax }
}

/**
 * The query for the traces that completion looks at; those that can match a text, where there is one.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export function readSample(
  request: TextWindow & { readonly query: string },
  names: Pick<TextNames, 'min' | 'max'>,
): Omit<SpanQuery, 'limit'> {
  const filter = request.query === '' ? undefined : resultFilter(compileText(request.query).spanset)
  return { ...windowOfText(request, names), ...(filter && { filter }) }
}

/** Compares whole microseconds, as the search itself does. */
function windowOfText(
  { minNano: min, maxNano: max }: TextWindow,
  names: Pick<TextNames, 'min' | 'max'>,
): { minMicros?: number; maxMicros?: number } {
  if (min !== undefined && max !== undefined && min / 1000n >= max / 1000n) {
    throw badField(names.max, `is not after ${names.min}, must be later by at least 1 µs`)
  }
  return {
    ...(min !== undefined && { minMicros: microsOfNano(min) }),
    ...(max !== undefined && { maxMicros: microsOfNano(max) }),
  }
}

/** A number of things, the usual one for 0. @throws GatewayError 'invalid_argument' */
export function readLimit(value: number, field: string, standard: number, max: number): number {
  if (value < 0 || value > max) throw badField(field, `is ${value}, must be 0 to ${max}`)
  return value === 0 ? Math.min(standard, max) : value
}
