import { doubleText } from '../../../../bridge/model/double-text.ts'
import type { KeyValueRow, ProcessRow, SpanRow } from './rows.ts'

/** What a span is found by in `tag_index`, besides its service. */
export interface IndexedTag {
  readonly key: string
  readonly value: string
}

/** What the tags of a span became. */
export interface TagsOfSpan {
  /** Each key and value once: those of the span, of its logs, and of its process. */
  readonly indexed: Iterable<IndexedTag>
  readonly indexedCount: number
  /** How many others there are, that no search for a value can find by the index. */
  readonly skipped: number
}

/**
 * Under this one a service lists its spans of which the index has not all tags: every search for a tag looks at
 * them too. No tag of a span has this key: whoever looks at a span compares its own.
 */
export const markerTag: IndexedTag = { key: 'spangate.tags_not_indexed', value: 'true' }

/** Keys and values of this many bytes, or more, are not indexed. */
export const indexedBytesMax = 256

/**
 * The tags by which Jaeger finds a span: those of the process and of the span, and fields of its logs;
 * nothing binary, nothing of 256 bytes or more, no JSON object (a list is indexed).
 *
 * Source: jaeger v2.20.0, spanstore/dbmodel/unique_tags.go and spanstore/writer.go (shouldIndexTag).
 */
export function tagsOf({ process, tags, logs }: SpanRow): TagsOfSpan {
  const shared = tagsOfProcess(process)
  const own = new TagSet(shared.indexed)
  for (const tag of tags) own.add(tag)
  for (const { fields } of logs) for (const tag of fields ?? []) own.add(tag)
  const indexedCount = shared.indexed.size + own.indexed.size
  const indexed = valuesOf(own.indexed, shared.indexed)
  return { indexed, indexedCount, skipped: shared.skipped + own.skipped }
}

/** One after the other, without a list of all: a span may have some thousand tags. */
function* valuesOf(...maps: readonly ReadonlyMap<string, IndexedTag>[]): Iterable<IndexedTag> {
  for (const map of maps) yield* map.values()
}

/** Spans of one group share the object of their process: its tags may be many more than theirs. */
const ofProcesses = new WeakMap<ProcessRow, TagSet>()

function tagsOfProcess(process: ProcessRow): TagSet {
  const known = ofProcesses.get(process)
  if (known !== undefined) return known
  const found = new TagSet()
  for (const tag of process.tags ?? []) found.add(tag)
  ofProcesses.set(process, found)
  return found
}

/** Tags of the index by key and value, but those that are in another set. */
class TagSet {
  readonly indexed = new Map<string, IndexedTag>()
  skipped = 0
  readonly #others: ReadonlyMap<string, IndexedTag> | undefined

  constructor(others?: ReadonlyMap<string, IndexedTag>) {
    this.#others = others
  }

  add(tag: KeyValueRow): void {
    if (tag.value_type === 'binary') return
    const found = { key: tag.key ?? '', value: tagText(tag) }
    const key = `${found.key.length} ${found.key}${found.value}`
    if (!isIndexed(found)) this.skipped += 1
    else if (!this.#others?.has(key)) this.indexed.set(key, found)
  }
}

/** Whether a search by this key and value finds all spans that have it. */
export function isIndexed({ key, value }: IndexedTag): boolean {
  return isShort(key) && isShort(value) && !isJsonObject(value)
}

/** How `tag_index` writes a value that is not binary. */
function tagText(tag: KeyValueRow): string {
  switch (tag.value_type) {
    case 'string':
      return tag.value_string ?? ''
    case 'bool':
      return tag.value_bool ? 'true' : 'false'
    case 'int64':
      return String(tag.value_long ?? 0n)
    case 'float64':
      return doubleText(tag.value_double ?? 0)
    default:
      return `unknown type ${tag.value_type ?? ''}`
  }
}

function isShort(text: string): boolean {
  return text.length < indexedBytesMax / 3 || Buffer.byteLength(text) < indexedBytesMax
}

function isJsonObject(text: string): boolean {
  if (!text.startsWith('{')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
