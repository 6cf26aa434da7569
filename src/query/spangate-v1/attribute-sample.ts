import { hexOf } from '../../../bridge/model/identifier.ts'
import type { AnyValue, KeyValue } from '../../../bridge/model/span.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { Found, SearchBound } from '../../ports/span-store.ts'
import { SpanCursor } from '../../search/span-cursor.ts'
import { selectedValue } from '../../search/text/selected-values.ts'
import type { Reference } from '../../search/text/syntax.ts'

/** Traces that completion looks at, the newest ones. */
export const sampledTraces = 100
/** Spans of them that it looks at. */
const sampledSpans = 20_000
/** Different names or values that are counted; what comes after them is left out. */
const countedMax = 10_000

/** What is counted, the most frequent first, then by name. */
export interface Counted<Item> {
  readonly items: readonly { readonly item: Item; readonly spanCount: number }[]
  readonly traceCount: number
  readonly bound: SearchBound | undefined
}

/** Names of the attributes of the newest traces, as a query text writes them. */
export async function countNames(found: AsyncIterable<Found>): Promise<Counted<string>> {
  const counts = new Counts<string>()
  const sample = await eachSpan(found, (cursor) => {
    const span = cursor.span()
    const names = new Set<string>()
    const add = (scope: string, entries: readonly KeyValue[]): void => {
      for (const { key } of entries) names.add(`${scope}.${quotedKey(key)}`)
    }
    add('span', span.attributes)
    add('resource', cursor.resource()?.attributes ?? [])
    add('instrumentation', cursor.scope()?.attributes ?? [])
    for (const event of span.events) add('event', event.attributes)
    for (const link of span.links) add('link', link.attributes)
    for (const name of names) counts.add(name, name)
  })
  return { ...sample, items: counts.sorted() }
}

/** Values that the spans of the newest traces have of one attribute or field. */
export async function countValues(
  found: AsyncIterable<Found>,
  reference: Reference,
): Promise<Counted<AnyValue>> {
  const counts = new Counts<AnyValue>()
  const sample = await eachSpan(found, (cursor) => {
    const value = selectedValue(cursor, reference)
    if (value !== undefined) counts.add(textOf(value), value)
  })
  return { ...sample, items: counts.sorted() }
}

/** The query for the traces that are sampled. */
export function sampleQuery(query: Omit<SpanQuery, 'limit'>): SpanQuery {
  return { ...query, limit: sampledTraces }
}

async function eachSpan(
  found: AsyncIterable<Found>,
  visit: (cursor: SpanCursor) => void,
): Promise<{ readonly traceCount: number; readonly bound: SearchBound | undefined }> {
  const cursor = new SpanCursor()
  let spans = 0
  let traceCount = 0
  for await (const trace of found) {
    if (trace.kind === 'end') return { traceCount, bound: trace.bound }
    traceCount += 1
    for await (const part of trace.parts()) {
      const count = Math.min(spanCount(part), sampledSpans - spans)
      for (let index = 0; index < count; index++) {
        cursor.move(part, index)
        visit(cursor)
      }
      spans += count
      if (spans >= sampledSpans) return { traceCount, bound: undefined }
    }
  }
  return { traceCount, bound: undefined }
}

class Counts<Item> {
  readonly #counts = new Map<string, { readonly item: Item; spanCount: number }>()

  add(name: string, item: Item): void {
    const known = this.#counts.get(name)
    if (known !== undefined) known.spanCount += 1
    else if (this.#counts.size < countedMax) this.#counts.set(name, { item, spanCount: 1 })
  }

  sorted(): readonly { readonly item: Item; readonly spanCount: number }[] {
    return [...this.#counts]
      .sort(([one, { spanCount: left }], [two, { spanCount: right }]) => {
        return right - left || (one < two ? -1 : 1)
      })
      .map(([, counted]) => counted)
  }
}

/** A key that holds what ends a key is written in quotes. */
function quotedKey(key: string): string {
  if (/^[^\s{}()=~!<>&|^,"]+$/.test(key)) return key
  return `"${key.replaceAll(/["\\]/g, '\\$&')}"`
}

/** Tells values apart, also those of different types that read alike. */
function textOf(value: AnyValue): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    return inner instanceof Uint8Array ? hexOf(inner) : inner
  })
}
