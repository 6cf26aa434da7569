import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { GroupField, groupSlice, groupStride } from '../../bridge/model/span-batch.ts'
import { groupTerms } from '../../bridge/otlp/index-spans.ts'
import { textOf } from '../../bridge/wire/reader.ts'
import type { BlockGroup } from './block-view.ts'
import { groupSlices } from './block-view.ts'

/** A group of an open block, with what its spans are found by. */
export interface OpenGroup extends BlockGroup {
  /** Hashes of the keys and values of resource and scope. */
  readonly terms: Uint32Array
}

/** Numbers (resource, scope) pairs by their content, in the order in which they first come. */
export class GroupDictionary {
  readonly groups: OpenGroup[] = []
  /** Bytes of all slices. */
  sizeBytes = 0
  readonly #numbers = new Map<string, number>()

  /** The number of a batch's group; a new one when no other has the same bytes. */
  numberOf(batch: SpanBatch, group: number): number {
    const key = keyOf(batch, group)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.groups.length
    this.#numbers.set(key, number)
    const slices: Uint8Array[] = []
    for (let slice = 0; slice < groupSlices; slice++) {
      const copy = groupSlice(batch, group, slice * 2).slice()
      slices.push(copy)
      this.sizeBytes += copy.length
    }
    const { keys, keyCount, values, valueCount } = groupTerms(batch, group)
    const terms = new Uint32Array(keyCount + valueCount)
    terms.set(keys.subarray(0, keyCount))
    terms.set(values.subarray(0, valueCount), keyCount)
    const service = textOf(groupSlice(batch, group, GroupField.serviceName))
    this.groups.push({ slices, service, terms })
    return number
  }
}

/** All slices with their lengths as text, one character a byte. */
function keyOf(batch: SpanBatch, group: number): string {
  const { bytes, groups } = batch
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let key = ''
  for (let field = 0; field < groupSlices * 2; field += 2) {
    const offset = groups[group * groupStride + field] as number
    const length = groups[group * groupStride + field + 1] as number
    key += `${length}:${buffer.toString('latin1', offset, offset + length)}`
  }
  return key
}
