import type { SpanBatch } from '../model/span-batch.ts'
import { GroupField, groupStride, SpanField, spanStride } from '../model/span-batch.ts'
import { varintLength } from '../wire/writer.ts'
import type { SpanSet } from './span-sets.ts'
import { sharesResource, spanSets } from './span-sets.ts'

/**
 * The bytes of a TracesData message with the batch's spans: bodies verbatim, framed by their groups
 * again; adjacent groups of one resource share a ResourceSpans.
 *
 * @param spans which ones, in this order within their groups; all when undefined
 */
export function encodeTracesData(batch: SpanBatch, spans?: readonly number[]): Uint8Array {
  return encodeSets(batch, spanSets(batch, spans))
}

/**
 * The batch as TracesData messages of at most `maxBytes` each, group after group. A message is
 * longer only when it holds a single span that, with its resource and scope, is.
 */
export function* splitTracesData(batch: SpanBatch, maxBytes: number): Iterable<Uint8Array> {
  let sets: SpanSet[] = []
  let size = 0
  for (const { group, spans } of spanSets(batch, undefined)) {
    const groupSize = resourceSize(batch, group) + scopeSize(batch, group) + framesMax
    let open: SpanSet | undefined
    for (const span of spans) {
      const added = framed(spanLength(batch, span))
      if (size + added + (open === undefined ? groupSize : 0) > maxBytes && size > 0) {
        yield encodeSets(batch, sets)
        sets = []
        size = 0
        open = undefined
      }
      if (open === undefined) {
        open = { group, spans: [] }
        sets.push(open)
        size += groupSize
      }
      open.spans.push(span)
      size += added
    }
  }
  if (sets.length > 0) yield encodeSets(batch, sets)
}

/** Tag and length of ResourceSpans and ScopeSpans at their longest. */
const framesMax = 2 * (1 + 5)

/** Sets of the same resource, which become one ResourceSpans. */
interface ResourceSet {
  readonly sets: SpanSet[]
  size: number
}

function encodeSets(batch: SpanBatch, sets: readonly SpanSet[]): Uint8Array {
  const resources = resourceSets(batch, sets)
  let size = 0
  for (const resource of resources) size += framed(resource.size)
  const into = new Uint8Array(size)
  let at = 0
  for (const { sets: members, size: length } of resources) {
    at = putHead(into, at, 0x0a, length)
    const group = members[0]?.group ?? 0
    at = putMessage(into, at, batch, 0x0a, group, GroupField.resource)
    for (const set of members) at = putScopeSpans(into, at, batch, set)
    at = putMessage(into, at, batch, 0x1a, group, GroupField.resourceSchemaUrl)
    at = putSlice(into, at, batch, group, GroupField.resourceUnknown)
  }
  return into
}

function resourceSets(batch: SpanBatch, sets: readonly SpanSet[]): ResourceSet[] {
  const resources: ResourceSet[] = []
  let last: ResourceSet | undefined
  for (const set of sets) {
    const first = last?.sets[0]
    if (
      last === undefined ||
      first === undefined ||
      !sharesResource(batch, first.group, set.group)
    ) {
      last = { sets: [], size: resourceSize(batch, set.group) }
      resources.push(last)
    }
    last.sets.push(set)
    last.size += framed(scopeSpansSize(batch, set))
  }
  return resources
}

function putScopeSpans(into: Uint8Array, start: number, batch: SpanBatch, set: SpanSet): number {
  let at = putHead(into, start, 0x12, scopeSpansSize(batch, set))
  at = putMessage(into, at, batch, 0x0a, set.group, GroupField.scope)
  for (const span of set.spans) {
    const offset = batch.spans[span * spanStride + SpanField.offset] as number
    const length = spanLength(batch, span)
    at = putHead(into, at, 0x12, length)
    into.set(batch.bytes.subarray(offset, offset + length), at)
    at += length
  }
  at = putMessage(into, at, batch, 0x1a, set.group, GroupField.scopeSchemaUrl)
  return putSlice(into, at, batch, set.group, GroupField.scopeUnknown)
}

function scopeSpansSize(batch: SpanBatch, set: SpanSet): number {
  let size = scopeSize(batch, set.group)
  for (const span of set.spans) size += framed(spanLength(batch, span))
  return size
}

/** Bytes of a ResourceSpans without its scopes. */
function resourceSize(batch: SpanBatch, group: number): number {
  return (
    framedSlice(batch, group, GroupField.resource) +
    framedSlice(batch, group, GroupField.resourceSchemaUrl) +
    sliceLength(batch, group, GroupField.resourceUnknown)
  )
}

/** Bytes of a ScopeSpans without its spans. */
function scopeSize(batch: SpanBatch, group: number): number {
  return (
    framedSlice(batch, group, GroupField.scope) +
    framedSlice(batch, group, GroupField.scopeSchemaUrl) +
    sliceLength(batch, group, GroupField.scopeUnknown)
  )
}

function framedSlice(batch: SpanBatch, group: number, field: number): number {
  const length = sliceLength(batch, group, field)
  return length === 0 ? 0 : framed(length)
}

function sliceLength(batch: SpanBatch, group: number, field: number): number {
  return batch.groups[group * groupStride + field + 1] as number
}

function spanLength(batch: SpanBatch, span: number): number {
  return batch.spans[span * spanStride + SpanField.length] as number
}

/** Length of a field of so many bytes with its tag, which takes one byte, and its length. */
function framed(length: number): number {
  return 1 + varintLength(length) + length
}

function putHead(into: Uint8Array, start: number, tag: number, length: number): number {
  let at = start
  into[at++] = tag
  let rest = length
  while (rest > 0x7f) {
    into[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  into[at++] = rest
  return at
}

function putMessage(
  into: Uint8Array,
  start: number,
  batch: SpanBatch,
  tag: number,
  group: number,
  field: number,
): number {
  const length = sliceLength(batch, group, field)
  if (length === 0) return start
  return putSlice(into, putHead(into, start, tag, length), batch, group, field)
}

function putSlice(
  into: Uint8Array,
  at: number,
  batch: SpanBatch,
  group: number,
  field: number,
): number {
  const offset = batch.groups[group * groupStride + field] as number
  const length = sliceLength(batch, group, field)
  into.set(batch.bytes.subarray(offset, offset + length), at)
  return at + length
}
