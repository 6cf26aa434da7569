import type { AnyValue } from '../../../bridge/model/span.ts'
import type { SearchBound } from '../../ports/span-store.ts'
import { parseName } from '../../search/text/parse-name.ts'
import { badField } from '../bad-field.ts'
import { boundedList } from '../bounded-list.ts'
import type { TextSearches } from '../text-searches.ts'
import { countNames, countValues, sampleQuery } from './attribute-sample.ts'
import type { TextNames, TextWindow } from './read-text-search.ts'
import { readLimit, readSample, textDefaults, textMost } from './read-text-search.ts'
import { wireValue } from './wire-value.ts'

/** What completion is asked; the query text may be empty, a limit of 0 stands for what is usual. */
export interface AttributesRequest extends TextWindow {
  readonly query: string
  readonly limit: number
}

/** What the newest traces have, the most frequent first. */
export interface AttributeList<Item> {
  readonly items: readonly { readonly item: Item; readonly spanCount: number }[]
  readonly traceCount: number
  /** What cut the list short. */
  readonly bound: SearchBound | undefined
}

type Names = Pick<TextNames, 'limit' | 'min' | 'max'>

/**
 * Names of attributes, as a query text has them.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export async function listNames(
  texts: TextSearches,
  request: AttributesRequest,
  names: Names,
  signal: AbortSignal,
): Promise<AttributeList<string>> {
  const limit = readLimit(request.limit, names.limit, textDefaults.list, textMost.list)
  const query = sampleQuery(readSample(request, names))
  const { items, traceCount, bound } = await countNames(texts.sample(query, signal))
  const { kept, bound: cut } = boundedList(items.slice(0, limit), ({ item }) => item)
  return { items: kept, traceCount, bound: bound ?? cut }
}

/**
 * Values of one attribute or field, by its name in query texts.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export async function listValues(
  texts: TextSearches,
  request: AttributesRequest & { readonly name: string },
  names: Names,
  signal: AbortSignal,
): Promise<AttributeList<AnyValue>> {
  if (request.name === '') throw badField('name', 'is required')
  const limit = readLimit(request.limit, names.limit, textDefaults.list, textMost.list)
  const reference = parseName(request.name)
  const query = sampleQuery(readSample(request, names))
  const { items, traceCount, bound } = await countValues(texts.sample(query, signal), reference)
  const { kept, bound: cut } = boundedList(items.slice(0, limit), ({ item }) =>
    JSON.stringify(wireValue(item)),
  )
  return { items: kept, traceCount, bound: bound ?? cut }
}
