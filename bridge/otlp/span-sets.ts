import type { SpanBatch } from '../model/span-batch.ts'
import { GroupField, groupStride, SpanField, spanCount, spanField } from '../model/span-batch.ts'

/** Some spans of one group. */
export interface SpanSet {
  readonly group: number
  readonly spans: number[]
}

/**
 * The spans by their group; groups in the order of their first span, spans in the order given.
 *
 * @param spans all of the batch when undefined
 */
export function spanSets(batch: SpanBatch, spans: readonly number[] | undefined): SpanSet[] {
  const sets = new Map<number, SpanSet>()
  let last: SpanSet | undefined
  const count = spans === undefined ? spanCount(batch) : spans.length
  for (let index = 0; index < count; index++) {
    const span = spans === undefined ? index : (spans[index] as number)
    const group = spanField(batch, span, SpanField.group)
    if (last?.group !== group) {
      last = sets.get(group)
      if (last === undefined) {
        last = { group, spans: [] }
        sets.set(group, last)
      }
    }
    last.spans.push(span)
  }
  return [...sets.values()]
}

/** Whether two groups have the same slices as their resource, so that they can share it. */
export function sharesResource(batch: SpanBatch, group: number, other: number): boolean {
  for (let field: number = GroupField.resource; field < GroupField.scope; field++) {
    const one = batch.groups[group * groupStride + field]
    if (one !== batch.groups[other * groupStride + field]) return false
  }
  return true
}
