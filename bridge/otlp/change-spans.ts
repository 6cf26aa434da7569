import assert from 'node:assert/strict'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { Resource, Span } from '../model/span.ts'
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
import { latin1Of } from '../wire/bytes-text.ts'
import { WireWriter } from '../wire/writer.ts'
import { resourceOf, spanOf } from './batch-objects.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeResource, encodeSpan } from './encode-span.ts'

/** What a span is changed to. */
export interface ChangedSpan {
  readonly span: Span
  /** What its resource is instead; undefined where that stays. */
  readonly resource?: Resource | undefined
}

/** Makes of a span another one. */
export type SpanChange = (span: Span, resource: Resource | undefined) => ChangedSpan

/**
 * The batch with some of its spans changed; all others stay the bytes that they were. Spans that get
 * another resource come behind the others of their group.
 *
 * @param changes by the index of the span
 */
export function changeSpans(batch: SpanBatch, changes: ReadonlyMap<number, SpanChange>): SpanBatch {
  if (changes.size === 0) return batch
  const writer = new WireWriter(batch.bytes.length + changes.size * addedBytes)
  const spansOf: number[][] = Array.from({ length: groupCount(batch) }, () => [])
  for (let at = 0; at < spanCount(batch); at++) {
    spansOf[spanField(batch, at, SpanField.group)]?.push(at)
  }
  spansOf.forEach((spans, group) => {
    writeGroup(writer, batch, group, bodiesOf(batch, group, spans, changes))
  })
  const limits = {
    spanBytesMax: 2 * defaultDecodeLimits.spanBytesMax,
    resourceBytesMax: 2 * defaultDecodeLimits.resourceBytesMax,
  }
  const decoded = decodeRequest(writer.finish(), { arrivalUnixMs: batch.arrivalUnixMs, limits })
  assert.equal(decoded.rejected.length, 0, 'a changed span can be read')
  return decoded.batch
}

/** What a warning takes. */
const addedBytes = 128

/** Bodies of spans by the body of their resource, as latin1. */
type Bodies = ReadonlyMap<string, readonly Uint8Array[]>

function bodiesOf(
  batch: SpanBatch,
  group: number,
  spans: readonly number[],
  changes: ReadonlyMap<number, SpanChange>,
): Bodies {
  const own = latin1Of(groupSlice(batch, group, GroupField.resource))
  const bodies = new Map<string, Uint8Array[]>([[own, []]])
  let resource: Resource | undefined
  for (const at of spans) {
    const change = changes.get(at)
    if (change === undefined) {
      bodies.get(own)?.push(spanBytes(batch, at))
      continue
    }
    resource ??= resourceOf(batch, group)
    const changed = change(spanOf(batch, at), resource)
    const key = changed.resource === undefined ? own : latin1Of(encodeResource(changed.resource))
    const list = bodies.get(key) ?? []
    bodies.set(key, list)
    list.push(encodeSpan(changed.span))
  }
  return bodies
}

/** As many ResourceSpans as there are resources. */
function writeGroup(writer: WireWriter, batch: SpanBatch, group: number, bodies: Bodies): void {
  const slice = (field: number) => groupSlice(batch, group, field)
  for (const [resource, spans] of bodies) {
    if (spans.length === 0) continue
    writer.message(1, () => {
      writer.bytes(1, Buffer.from(resource, 'latin1'))
      writer.message(2, () => {
        writer.bytes(1, slice(GroupField.scope))
        for (const span of spans) writer.bytesAlways(2, span)
        writer.bytes(3, slice(GroupField.scopeSchemaUrl))
        writer.raw(slice(GroupField.scopeUnknown))
      })
      writer.bytes(3, slice(GroupField.resourceSchemaUrl))
      writer.raw(slice(GroupField.resourceUnknown))
    })
  }
}
