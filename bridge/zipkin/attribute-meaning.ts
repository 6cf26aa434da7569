import type { AnyValue, SpanGroup } from '../model/span.ts'
import { groupsOf } from '../otlp/batch-objects.ts'
import { findText } from '../wire/text-table.ts'
import { decodeZipkinJson } from './decode-json.ts'
import { zipkinSpansOf } from './encode-json.ts'
import { endpointKeys } from './endpoints.ts'
import { AttributeName, knownTags, linkPrefix, specialCount } from './tag-names.ts'
import { tagText } from './tag-text.ts'

/** What becomes of a span's attributes whose keys mean something to Zipkin's readers; of no others. */
export interface Meaning {
  /** Keys of those that come back as something else: a link, the status, an attribute of the resource or of another key. */
  readonly others: ReadonlySet<string>
  /** Keys of texts that come back as a boolean or a number. */
  readonly typed: ReadonlySet<string>
  /** Keys of those that are no texts and come back as they were. */
  readonly kept: ReadonlySet<string>
  /** Whether name and version of the scope are as they were. */
  readonly isScopeBack: boolean
}

/**
 * It is what the reader itself makes of the tags.
 *
 * @param group a group of one span
 */
export function meaningIn(group: SpanGroup): Meaning {
  // The last of equal keys counts.
  const known = new Map<string, AnyValue | undefined>()
  for (const span of group.spans) {
    for (const { key, value } of span.attributes) if (isKnown(key)) known.set(key, value)
  }
  if (known.size === 0) return noMeaning
  const read = readBack(group)
  const meaning = {
    others: new Set<string>(),
    typed: new Set<string>(),
    kept: new Set<string>(),
    isScopeBack:
      (read?.scope?.name ?? '') === (group.scope?.name ?? '') &&
      (read?.scope?.version ?? '') === (group.scope?.version ?? ''),
  }
  const attributes = read?.spans[0]?.attributes ?? []
  const back = new Map(attributes.map(({ key, value }) => [key, value]))
  for (const [key, value] of known) {
    const isBack = back.has(key) && tagText(back.get(key)) === tagText(value)
    if (!isBack) meaning.others.add(key)
    else if (value?.kind === 'string' && back.get(key)?.kind !== 'string') meaning.typed.add(key)
    else if (value?.kind !== 'string' && back.get(key)?.kind === value?.kind) meaning.kept.add(key)
  }
  return meaning
}

/** Whether a tag of this key says something of the process, and comes back as an attribute of the resource. */
export function isOfResource(key: string): boolean {
  return indexOf(key) >= specialCount
}

function readBack(group: SpanGroup): SpanGroup | undefined {
  const json = Buffer.from(JSON.stringify(zipkinSpansOf([group])))
  return groupsOf(decodeZipkinJson(json, { arrivalUnixMs: 0 }).batch)[0]
}

function isKnown(key: string): boolean {
  return fieldKeys.has(key) || key.startsWith(linkPrefix) || indexOf(key) >= 0
}

function indexOf(key: string): number {
  const bytes = Buffer.from(key)
  return findText(knownTags, bytes, 0, bytes.length)
}

/** Of attributes that Zipkin has fields for. */
const fieldKeys = new Set<string>([
  AttributeName.startAbsent,
  AttributeName.shared,
  AttributeName.debug,
  ...endpointKeys,
])
const none: ReadonlySet<string> = new Set()
const noMeaning: Meaning = { others: none, typed: none, kept: none, isScopeBack: true }
