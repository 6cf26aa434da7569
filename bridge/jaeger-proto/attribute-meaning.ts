import { defaultDecodeLimits } from '../model/decoded.ts'
import { noServiceName } from '../model/no-service-name.ts'
import type { KeyValue, Resource, Scope, Span } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { textOf, WireReader } from '../wire/reader.ts'
import { Rows } from '../wire/rows.ts'
import { WireWriter } from '../wire/writer.ts'
import type { DecodeContext } from './decode-context.ts'
import { decodeProcess } from './decode-process.ts'
import { encodeKeyValue } from './encode-key-value.ts'
import { encodeProcess } from './encode-process.ts'
import { jaegerPartsOf } from './jaeger-parts.ts'
import type { TextSlice } from './read-tag.ts'
import { readTag, tagStride } from './read-tag.ts'
import { isSpecialKey, SpecialTags } from './special-tags.ts'
import { TagName } from './tag-names.ts'

/**
 * How many attributes of a span come back from its Jaeger tags as something else, because their keys
 * mean that there; one as well where all are back, but the span says something else than it did. It is what the
 * reader itself finds in the tags.
 */
export function meaningIn(span: Span, scope: Scope | undefined): number {
  if (!span.attributes.some(({ key }) => isSpecialKey(key))) return 0
  const { tags } = jaegerPartsOf(span, scope)
  readBack(tags)
  const others = new Set<KeyValue>(span.attributes)
  const taken = tags.filter((tag, at) => others.has(tag) && special.isTaken(at)).length
  return taken > 0 || saysTheSame(span, scope) ? taken : 1
}

/** How many attributes of a resource have another key when they come back from its process, or none. */
export function renamedIn(resource: Resource): number {
  if (!resource.attributes.some(isRenamed) && !hasTwoNames(resource)) return 0
  const reader = new WireReader(encodeProcess(resource))
  const keys = decodeProcess(contextOf(reader)).attributes.map(({ key }) => key)
  return resource.attributes.filter(({ key }) => {
    const at = keys.indexOf(key)
    if (at >= 0) keys.splice(at, 1)
    return at < 0
  }).length
}

/** Puts into `special` what a reader finds in these tags. */
function readBack(tags: readonly KeyValue[]): void {
  const writer = new WireWriter()
  for (const tag of tags) encodeKeyValue(writer, tagsField, tag)
  const reader = new WireReader(writer.finish())
  const context = contextOf(reader)
  const rows = new Rows(tagStride)
  while (reader.more()) readTag(context, reader.tag(), rows)
  special.find(reader.bytes, rows)
}

/** But for what else counts as lost: an unknown kind or code, and a text without a code. */
function saysTheSame(span: Span, scope: Scope | undefined): boolean {
  const { traceState, status } = span
  const kind = span.kind > SpanKind.consumer ? SpanKind.unspecified : span.kind
  const isKnown = status !== undefined && status.code <= StatusCode.error
  const code = isKnown ? status.code : StatusCode.unset
  const message = code === StatusCode.unset ? '' : (status?.message ?? '')
  const version = scope === undefined || scope.name === '' ? '' : scope.version
  return (
    special.kind === kind &&
    special.statusCode === code &&
    (code === StatusCode.unset || isText(special.statusMessage, message)) &&
    isText(special.traceState, traceState) &&
    isText(special.scopeName, scope?.name ?? '') &&
    isText(special.scopeVersion, version)
  )
}

function isText({ bytes, start, length }: TextSlice, text: string): boolean {
  return textOf(bytes.subarray(start, start + length)) === text
}

/** Also the name that stands for none. */
function isRenamed({ key, value }: KeyValue): boolean {
  if (key === TagName.hostname || key === TagName.jaegerVersion) return true
  return key === TagName.serviceName && value?.kind === 'string' && value.value === noServiceName
}

function hasTwoNames({ attributes }: Resource): boolean {
  return attributes.filter(({ key }) => key === TagName.serviceName).length > 1
}

/** Nothing of a model is refused here. */
function contextOf(reader: WireReader): DecodeContext {
  const limits = { ...defaultDecodeLimits, itemsMax: Number.POSITIVE_INFINITY }
  return { reader, limits, items: 0, lostFields: 0 }
}

const tagsField = 8
/** One span after the other. */
const special = new SpecialTags()
