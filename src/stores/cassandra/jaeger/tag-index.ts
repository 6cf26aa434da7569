import { doubleText } from '../../../../bridge/model/double-text.ts'
import type { KeyValueRow } from './rows.ts'

/** What a span is found by in `tag_index`, besides its service. */
export interface IndexedTag {
  readonly key: string
  readonly value: string
}

/**
 * Under this one a service lists its spans of which the index has not all tags: every search for a tag looks at
 * them too. No tag of a span has this key: whoever looks at a span compares its own.
 */
export const markerTag: IndexedTag = { key: 'spangate.tags_not_indexed', value: 'true' }

/** Keys and values of this many bytes, or more, are not indexed. */
const indexedBytesMax = 256

/** Whether a tag has a text: Jaeger indexes nothing binary. */
export function isText(tag: KeyValueRow): boolean {
  return tag.value_type !== 'binary'
}

/** A tag as the index has it. */
export function indexedTagOf(tag: KeyValueRow): IndexedTag {
  return { key: tag.key ?? '', value: tagText(tag) }
}

/**
 * Whether Jaeger indexes a tag of the process, of the span or of its logs, so that a search for it finds all spans that
 * have it: nothing of 256 bytes or more, no JSON object (a list is indexed).
 *
 * Source: jaeger v2.20.0, spanstore/dbmodel/unique_tags.go and spanstore/writer.go (shouldIndexTag).
 */
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
