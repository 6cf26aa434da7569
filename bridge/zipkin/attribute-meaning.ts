import type { SpanGroup } from '../model/span.ts'
import { groupsOf } from '../otlp/batch-objects.ts'
import { findText } from '../wire/text-table.ts'
import { decodeZipkinJson } from './decode-json.ts'
import { zipkinSpansOf } from './encode-json.ts'
import { knownTags, linkPrefix } from './tag-names.ts'

/**
 * Keys of a span's attributes that come back from its Zipkin tags as something else, because they mean that there: a
 * link, the status, an attribute of the resource. It is what the reader itself makes of the tags.
 *
 * @param group a group of this one span
 */
export function meaningIn(group: SpanGroup): ReadonlySet<string> {
  const attributes = group.spans.flatMap((span) => span.attributes)
  const keys = new Set(attributes.map(({ key }) => key).filter(isKnown))
  if (keys.size === 0) return keys
  const json = Buffer.from(JSON.stringify(zipkinSpansOf([group])))
  const [read] = groupsOf(decodeZipkinJson(json, { arrivalUnixMs: 0 }).batch)
  for (const { key } of read?.spans[0]?.attributes ?? []) keys.delete(key)
  return keys
}

function isKnown(key: string): boolean {
  const bytes = Buffer.from(key)
  return key.startsWith(linkPrefix) || findText(knownTags, bytes, 0, bytes.length) >= 0
}
