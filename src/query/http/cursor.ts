import { createHash } from 'node:crypto'
import type { SearchBound } from '../../ports/span-store.ts'
import { badField, quoted } from '../bad-field.ts'
import type { PagedSearch } from '../text-or-conditions.ts'
import type { ParameterDoc } from './endpoint.ts'
import type { QueryString } from './query-string.ts'

/** Documents `readPage`. */
export const cursorParameter: ParameterDoc = {
  name: 'cursor',
  schema: { type: 'string' },
  doc: '`*` asks for the first page of a search; `nextCursor` of its answer, with the other parameters as they were, for the next one. It is not there behind the last page.',
}

/** What asks for the first page. */
const firstPage = '*'
/** How a cursor of this version begins. */
const version = 1

/** One page of a search. */
export interface Page {
  /** The search for this page and all before it, in the window of the first one. */
  readonly query: PagedSearch
  /** Entries of the pages before it, which are not sent again. */
  readonly skip: number
  /**
   * The cursor of the next page, when so many entries were found for this one and those before it;
   * undefined where there is none, or nobody asked for pages.
   */
  nextCursor(found: number): string | undefined
  /** That there would be more, but no search lists it. */
  boundAt(found: number): SearchBound | undefined
}

/**
 * The page that a search asks for; without the parameter all is one page.
 *
 * A cursor says how many entries there were before, and in which window: that of the first page, also
 * where the end of the window is now. Spans that come meanwhile with a start in that window may shift
 * the list.
 *
 * @throws GatewayError 'invalid_argument' for a cursor that is none, or of another search
 */
export function readPage(query: QueryString, search: PagedSearch, searchDepthMax: number): Page {
  const given = query.first(cursorParameter.name)
  if (given === undefined) {
    return { query: search, skip: 0, nextCursor: () => undefined, boundAt: () => undefined }
  }
  const filter = fingerprintOf(search)
  const { skip, minMicros, maxMicros } =
    given.text === firstPage
      ? { skip: 0, minMicros: search.minMicros, maxMicros: search.maxMicros }
      : readCursor(given.text, filter, searchDepthMax)
  const limit = Math.min(skip + search.limit, searchDepthMax)
  const { filter: condition, text } = search
  const window = {
    ...(minMicros !== undefined && { minMicros }),
    ...(maxMicros !== undefined && { maxMicros }),
  }
  return {
    query: { ...window, ...(condition && { filter: condition }), ...(text && { text }), limit },
    skip,
    nextCursor: (found) => {
      if (found < limit || limit === searchDepthMax) return undefined
      const parts = [version, found, minMicros ?? null, maxMicros ?? null, filter]
      return Buffer.from(JSON.stringify(parts)).toString('base64url')
    },
    boundAt: (found) => {
      if (found < searchDepthMax) return undefined
      return { setting: 'search.depth', limit: searchDepthMax }
    },
  }
}

interface Position {
  readonly skip: number
  readonly minMicros: number | undefined
  readonly maxMicros: number | undefined
}

function readCursor(text: string, fingerprint: string, searchDepthMax: number): Position {
  const parts = partsOf(text)
  const [known, skip, min, max, filter] = parts ?? []
  const isCursor =
    known === version && isCount(skip) && skip < searchDepthMax && isMicros(min) && isMicros(max)
  if (!isCursor) {
    throw badField('cursor', `is ${quoted(text)}, must be * or the nextCursor of an answer`)
  }
  if (filter !== fingerprint) throw badField('cursor', 'is of a search with other conditions')
  return { skip, minMicros: min ?? undefined, maxMicros: max ?? undefined }
}

function partsOf(text: string): readonly unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parts) ? parts : undefined
  } catch {
    // No JSON is no cursor.
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isMicros(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value)
}

/** Tells the conditions of searches apart; the window and the limit may differ. */
function fingerprintOf({ filter, text: asked }: PagedSearch): string {
  const text = JSON.stringify(asked?.source ?? filter ?? null, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

/** The entries of a page: those behind the skipped ones, and the end. */
export async function* pageOf<Entry extends { readonly kind: string }>(
  entries: AsyncIterable<Entry>,
  skip: number,
): AsyncGenerator<Entry, void, void> {
  let left = skip
  for await (const entry of entries) {
    if (entry.kind !== 'end' && left > 0) left -= 1
    else yield entry
  }
}
