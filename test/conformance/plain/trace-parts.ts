import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupStride, SpanField, spanField } from '../../../bridge/model/span-batch.ts'

/**
 * Cuts spans of a batch into runs whose bodies, with those of their resources and scopes, take at
 * most `bytesMax`; a span that is longer alone is a run alone. Keeps their order.
 */
export function* runsOfSpans(
  batch: SpanBatch,
  spans: Iterable<number>,
  bytesMax: number,
): IterableIterator<readonly number[]> {
  let run: number[] = []
  let groups = new Set<number>()
  let size = 0
  for (const span of spans) {
    const group = spanField(batch, span, SpanField.group)
    const body = spanField(batch, span, SpanField.length)
    const more = body + (groups.has(group) ? 0 : groupBytes(batch, group))
    if (run.length > 0 && size + more > bytesMax) {
      yield run
      run = []
      groups = new Set()
      size = 0
    }
    size += groups.has(group) ? body : body + groupBytes(batch, group)
    groups.add(group)
    run.push(span)
  }
  if (run.length > 0) yield run
}

/** Lengths of all slices of a group; its row holds pairs of offset and length. */
function groupBytes(batch: SpanBatch, group: number): number {
  let size = 0
  for (let field = 1; field < groupStride; field += 2) {
    size += batch.groups[group * groupStride + field] as number
  }
  return size
}
