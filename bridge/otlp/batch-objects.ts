import type { Resource, Scope, Span, SpanGroup } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
} from '../model/span-batch.ts'
import { textOf } from '../wire/reader.ts'
import { decodeResource, decodeScope, decodeSpan } from './decode-span.ts'

/** A span of the batch as an object. */
export function spanOf(batch: SpanBatch, span: number): Span {
  return decodeSpan(spanBytes(batch, span))
}

/** The resource of a group as an object; undefined when it is absent or has nothing in it. */
export function resourceOf(batch: SpanBatch, group: number): Resource | undefined {
  const bytes = groupSlice(batch, group, GroupField.resource)
  return bytes.length === 0 ? undefined : decodeResource(bytes)
}

/** The scope of a group as an object; undefined when it is absent or has nothing in it. */
export function scopeOf(batch: SpanBatch, group: number): Scope | undefined {
  const bytes = groupSlice(batch, group, GroupField.scope)
  return bytes.length === 0 ? undefined : decodeScope(bytes)
}

/** All groups of the batch with their spans, in its order. */
export function groupsOf(batch: SpanBatch): SpanGroup[] {
  const spans: Span[][] = Array.from({ length: groupCount(batch) }, () => [])
  for (let span = 0; span < spanCount(batch); span++) {
    spans[spanField(batch, span, SpanField.group)]?.push(spanOf(batch, span))
  }
  return spans.map((members, group) => {
    const resourceUnknown = copyOf(batch, group, GroupField.resourceUnknown)
    const scopeUnknown = copyOf(batch, group, GroupField.scopeUnknown)
    return {
      resource: resourceOf(batch, group),
      resourceSchemaUrl: textOf(groupSlice(batch, group, GroupField.resourceSchemaUrl)),
      ...(resourceUnknown.length > 0 && { resourceUnknown }),
      scope: scopeOf(batch, group),
      scopeSchemaUrl: textOf(groupSlice(batch, group, GroupField.scopeSchemaUrl)),
      ...(scopeUnknown.length > 0 && { scopeUnknown }),
      spans: members,
    }
  })
}

function copyOf(batch: SpanBatch, group: number, field: number): Uint8Array {
  return new Uint8Array(groupSlice(batch, group, field))
}
