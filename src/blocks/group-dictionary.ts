import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { GroupField, groupSlice, groupStride } from '../../bridge/model/span-batch.ts'
import { groupTerms } from '../../bridge/otlp/index-spans.ts'
import { textOf } from '../../bridge/wire/reader.ts'
import type { BlockGroup } from './block-view.ts'
import { groupSlices } from './block-view.ts'
import { GrowingBytes } from './growing-bytes.ts'
import type { HashSet } from './hash-set.ts'

/** Numbers (resource, scope) pairs by their content, in the order in which they first come. */
export class GroupDictionary {
  readonly #bytes = new GrowingBytes(256)
  /** Where the slices of each group begin, and where the last one ends. */
  readonly #sliceStarts: number[] = [0]
  readonly #services: string[] = []
  readonly #terms: number[] = []
  readonly #termStarts: number[] = [0]
  readonly #numbers = new Map<string, number>()
  readonly #groups: BlockGroup[] = []

  get count(): number {
    return this.#services.length
  }

  /** Memory that all take, roughly. */
  get sizeBytes(): number {
    return this.#bytes.length * 2 + this.#terms.length * 8 + this.count * 100
  }

  /** All so far; slices are made when somebody asks, and are views. More may come into the same array. */
  get groups(): readonly BlockGroup[] {
    for (let number = this.#groups.length; number < this.count; number++) {
      const slices = Array.from(Array(groupSlices).keys(), (slice) => this.#slice(number, slice))
      this.#groups.push({ service: this.#services[number] as string, slices })
    }
    return this.#groups
  }

  /** Hashes of the keys and values of a group's resource and scope. */
  termsOf(number: number): readonly number[] {
    return this.#terms.slice(this.#termStarts[number], this.#termStarts[number + 1])
  }

  /** 1 for each group that has an attribute with one of these hashes. */
  withAny(hashes: HashSet): Uint8Array {
    const found = new Uint8Array(this.count)
    let at = 0
    for (let group = 0; group < this.count; group++) {
      const end = this.#termStarts[group + 1] as number
      for (; at < end; at++) if (hashes.has(this.#terms[at] as number)) found[group] = 1
    }
    return found
  }

  /** The number of a batch's group; a new one when no other has the same bytes. */
  numberOf(batch: SpanBatch, group: number): number {
    const key = keyOf(batch, group)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.count
    this.#numbers.set(key, number)
    for (let slice = 0; slice < groupSlices; slice++) {
      const at = group * groupStride + slice * 2
      const offset = batch.groups[at] as number
      this.#bytes.add(batch.bytes, offset, offset + (batch.groups[at + 1] as number))
      this.#sliceStarts.push(this.#bytes.length)
    }
    const { keys, keyCount, values, valueCount } = groupTerms(batch, group)
    for (let at = 0; at < keyCount; at++) this.#terms.push(keys[at] as number)
    for (let at = 0; at < valueCount; at++) this.#terms.push(values[at] as number)
    this.#termStarts.push(this.#terms.length)
    this.#services.push(textOf(groupSlice(batch, group, GroupField.serviceName)))
    return number
  }

  #slice(number: number, slice: number): Uint8Array {
    const at = number * groupSlices + slice
    return this.#bytes.array.subarray(this.#sliceStarts[at], this.#sliceStarts[at + 1])
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
