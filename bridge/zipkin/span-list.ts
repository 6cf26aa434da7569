import type { Decoded, DecodeLimits, DecodeOptions } from '../model/decoded.ts'
import { RequestDensity } from '../model/request-density.ts'
import { placeGroup } from '../otlp/checked-group.ts'
import { SpanOutput } from '../otlp/span-output.ts'
import { WrittenSpans } from '../otlp/written-spans.ts'
import type { BadSpan } from './bad-span.ts'
import { refuse } from './bad-span.ts'
import { SpanGroups } from './span-groups.ts'
import { SpanParts } from './span-parts.ts'
import { TagRoles } from './tag-roles.ts'
import { isOwnParent, writeSpan } from './write-span.ts'

/**
 * A list of Zipkin spans on its way into a batch, whatever its encoding: a reader fills `parts`, one
 * span after the other, and `add` takes it over. Only one list is read at a time.
 */
export class SpanList {
  /** What the reader has found of the span that it reads. */
  readonly parts = parts
  readonly #written: WrittenSpans
  readonly #groups: SpanGroups
  readonly density: RequestDensity
  /** Bytes of v1 that may still be repeated; as many as the request has, and some. */
  #repeatableBytes: number

  /**
   * @param sizeBytes length of the request
   * @param itemBytesMin how long a tag or an annotation of its format is at least
   */
  constructor(options: DecodeOptions, sizeBytes: number, itemBytesMin: number) {
    this.density = RequestDensity.of(options, sizeBytes, itemBytesMin)
    this.#written = new WrittenSpans(output, options, sizeBytes)
    this.#groups = new SpanGroups(this.#written.limits, this.#written.repairs)
    this.#repeatableBytes = sizeBytes + repeatableBytesMin
    parts.skippedFields = 0
  }

  get limits(): DecodeLimits {
    return this.#written.limits
  }

  /**
   * Notes that bytes of a span are written several times, as the name of one with several services is,
   * so that a request does not become many times its length.
   *
   * @throws BadSpan
   */
  countRepeated(bytes: number): void {
    this.#repeatableBytes -= bytes
    if (this.#repeatableBytes >= 0) return
    refuse('too_large', 'names of spans with several services are longer together than the request')
  }

  /** Takes the span in `parts`; bridge/otlp repairs or refuses it. @param bytes where its texts lie */
  add(bytes: Uint8Array): void {
    const { builder, rejections } = this.#written
    roles.find(bytes, parts)
    const group = this.#groups.groupOf(bytes, parts, roles)
    if ('reason' in group) {
      rejections.list.push(group)
      return
    }
    const index = group.index ?? builder.groupCount
    const start = output.size
    writeSpan(output, bytes, parts, roles)
    this.#written.take(start, index)
    if (parts.hasParent && isOwnParent(parts.ids)) this.#countOwnParent()
    if (group.index !== undefined || builder.groupCount === index) return
    group.index = index
    placeGroup(builder, output, group.checked, index)
  }

  #countOwnParent(): void {
    const { repairs } = this.#written
    repairs.set('own_parent', (repairs.get('own_parent') ?? 0) + 1)
  }

  /** Lists the span that was read as refused. */
  reject({ reason, state }: Pick<BadSpan, 'reason' | 'state'>): void {
    this.#written.rejections.add(reason, () => state)
  }

  /** The batch of all that were added. */
  finish(arrivalUnixMs: number): Decoded {
    const decoded = this.#written.finish(arrivalUnixMs)
    const { skippedFields } = parts
    return skippedFields === 0 ? decoded : { ...decoded, skippedFields }
  }
}

/** Small requests need no such bound. */
const repeatableBytesMin = 64 * 1024

// One span after the other, one request after the other: nothing of them outlives its call.
const parts = new SpanParts()
const roles = new TagRoles()
const output = new SpanOutput()
