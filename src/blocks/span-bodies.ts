import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { groupStride } from '../../bridge/model/span-batch.ts'
import { indexSpans } from '../../bridge/otlp/index-spans.ts'
import { readStored } from '../errors/read-stored.ts'
import type { SearchedBlock } from './block-view.ts'
import { groupSlices } from './block-view.ts'

/**
 * The spans of a block as a batch that shares no memory with it: their groups, then their bodies,
 * in the order given.
 *
 * @param putBody puts a span's body at a place of the batch's bytes; its length is in the block's ids
 * @throws GatewayError 'store_corrupt' when the bytes are no spans
 */
export function batchOfBodies(
  block: Pick<SearchedBlock, 'columns' | 'groups' | 'ids'>,
  spans: ArrayLike<number>,
  arrivalUnixMs: number,
  putBody: (span: number, into: Uint8Array, at: number) => void,
): SpanBatch {
  const { columns, groups } = block
  const { lengths } = block.ids
  const numbers = new Map<number, number>()
  let size = 0
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index] as number
    size += lengths[span] as number
    const group = columns.groups[span] as number
    if (numbers.has(group)) continue
    numbers.set(group, numbers.size)
    for (const slice of groups[group]?.slices ?? []) size += slice.length
  }
  const bytes = new Uint8Array(size)
  const groupRows = new Uint32Array(numbers.size * groupStride)
  let at = putGroups(block, numbers, bytes, groupRows)
  const rows = new Uint32Array(spans.length * 3)
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index] as number
    const length = lengths[span] as number
    putBody(span, bytes, at)
    rows[index * 3] = numbers.get(columns.groups[span] as number) ?? 0
    rows[index * 3 + 1] = at
    rows[index * 3 + 2] = length
    at += length
  }
  return readStored('Cannot read stored spans', () =>
    indexSpans({ bytes, groups: groupRows, spans: rows, arrivalUnixMs }),
  )
}

/** Copies the groups in the order of their new numbers, and gives where they end. */
function putGroups(
  { groups }: Pick<SearchedBlock, 'groups'>,
  numbers: ReadonlyMap<number, number>,
  bytes: Uint8Array,
  rows: Uint32Array,
): number {
  let at = 0
  for (const [group, number] of numbers) {
    const slices = groups[group]?.slices ?? []
    for (let slice = 0; slice < groupSlices; slice++) {
      const { length } = slices[slice] as Uint8Array
      if (length === 0) continue
      bytes.set(slices[slice] as Uint8Array, at)
      rows[number * groupStride + slice * 2] = at
      rows[number * groupStride + slice * 2 + 1] = length
      at += length
    }
  }
  return at
}
