import { doubleText } from '../../../../bridge/model/double-text.ts'
import type { KeyValueRow, ProcessRow, SpanRow } from './rows.ts'

/** What a span is found by in `tag_index`, besides its service. */
export interface IndexedTag {
  readonly key: string
  readonly value: string
}

/** What the tags of a span became. */
export interface TagsOfSpan {
  /** Each key and value once. */
  readonly indexed: readonly IndexedTag[]
  /** How many others there are, that no search for a value can find by the index. */
  readonly skipped: number
}

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
  const indexed = [...shared.indexed.values(), ...own.indexed.values()]
  return { indexed, skipped: shared.skipped + own.skipped }
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
