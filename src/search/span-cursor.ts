import type { Resource, Scope, Span, SpanEvent, SpanLink } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupSlice,
  nameBytes,
  SpanField,
  spanField,
} from '../../bridge/model/span-batch.ts'
import { resourceOf, scopeOf, spanOf } from '../../bridge/otlp/batch-objects.ts'
import { textOf } from '../../bridge/wire/reader.ts'

/**
 * Stands on one span of a batch and decodes as little of it as the conditions ask for: columns
 * first, then the resource and scope (once a group), then the span's own bytes.
 */
export class SpanCursor {
  /** Elements that an enclosing `some` has bound. */
  boundEvent: SpanEvent | undefined
  boundLink: SpanLink | undefined
  #batch: SpanBatch | undefined
  #index = 0
  #span: Span | undefined
  #body: Buffer | undefined
  #groups: GroupCache[] = []

  /** Goes to another span; what was read of the batch's groups is kept. */
  move(batch: SpanBatch, index: number): void {
    if (batch !== this.#batch) {
      this.#batch = batch
      this.#groups = []
    }
    this.#index = index
    this.#span = undefined
    this.#body = undefined
  }

  get batch(): SpanBatch {
    if (this.#batch === undefined) throw new TypeError('Cannot read span: the cursor is on none')
    return this.#batch
  }

  get index(): number {
    return this.#index
  }

  /** Operation name, from the columns. */
  name(): string {
    return textOf(nameBytes(this.batch, this.#index))
  }

  /** `service.name` of the resource, '' when there is none. */
  service(): string {
    const group = this.#group()
    group.service ??= textOf(groupSlice(this.batch, group.index, GroupField.serviceName))
    return group.service
  }

  /** A slice of the span's group as text, '' when it is absent. */
  groupText(field: number): string {
    return textOf(groupSlice(this.batch, this.#group().index, field))
  }

  resource(): Resource | undefined {
    const group = this.#group()
    group.resource ??= { decoded: resourceOf(this.batch, group.index) }
    return group.resource.decoded
  }

  scope(): Scope | undefined {
    const group = this.#group()
    group.scope ??= { decoded: scopeOf(this.batch, group.index) }
    return group.scope.decoded
  }

  /** The whole span, decoded on first use. */
  span(): Span {
    this.#span ??= spanOf(this.batch, this.#index)
    return this.#span
  }

  /** Events of the span, or the bound one alone. */
  events(): readonly SpanEvent[] {
    return this.boundEvent === undefined ? this.span().events : [this.boundEvent]
  }

  /** Links of the span, or the bound one alone. */
  links(): readonly SpanLink[] {
    return this.boundLink === undefined ? this.span().links : [this.boundLink]
  }

  /**
   * False when the span's bytes hold this text nowhere, so that no key or name in it can be equal.
   * Far cheaper than decoding, and most spans of a search end here.
   */
  mentions(text: Buffer): boolean {
    if (this.#span !== undefined) return true
    if (this.#body === undefined) {
      const { bytes } = this.batch
      const offset = spanField(this.batch, this.#index, SpanField.offset)
      const length = spanField(this.batch, this.#index, SpanField.length)
      this.#body = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length)
    }
    return this.#body.includes(text)
  }

  #group(): GroupCache {
    const index = spanField(this.batch, this.#index, SpanField.group)
    this.#groups[index] ??= { index }
    return this.#groups[index]
  }
}

interface GroupCache {
  readonly index: number
  service?: string
  resource?: { readonly decoded: Resource | undefined }
  scope?: { readonly decoded: Scope | undefined }
}
