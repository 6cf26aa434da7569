import { ReferenceType, ReferenceTypeText, TagName } from '../jaeger-proto/tag-names.ts'
import { isSameAt, isZeroAt, spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { absent, SpanField, spanField } from '../model/span-batch.ts'
import { LinkFields } from '../otlp/link-fields.ts'
import { PlainAttribute, ScalarTag } from '../otlp/plain-attribute.ts'
import type { Places } from '../otlp/span-fields.ts'
import type { JsonBytes } from '../wire/json-bytes.ts'
import { jsonConstant } from '../wire/json-bytes.ts'
import { findText, textTable } from '../wire/text-table.ts'

/**
 * Writes the references of the spans of one trace as JSON, from their bytes to bytes: what `referencesOf`
 * makes of parent and links, which says why.
 */
export class ReferenceJson {
  readonly #out: JsonBytes
  /** Of a reference into this trace, up to the span id, by its type. */
  readonly #ownHeads: readonly [Uint8Array, Uint8Array]
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #parent = absent
  #isFirst = true
  /** Links but those to the parent: where the trace id is, where the span id, and the type of each. */
  #others: number[] = []
  /** Type of the last link to the parent. */
  #toParent: number = none
  #hasOwn = false
  #hasOwnChild = false

  /** @param traceID as `shortTraceIdText` gives it */
  constructor(out: JsonBytes, traceID: string) {
    this.#out = out
    const ownHead = (type: string) =>
      jsonConstant(`{"refType":"${type}","traceID":"${traceID}","spanID":"`)
    this.#ownHeads = [ownHead('CHILD_OF'), ownHead('FOLLOWS_FROM')]
  }

  /** Where the spans lie that come next. */
  from(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes
    this.#view = view
  }

  /**
   * The elements of the list, with commas between them.
   *
   * @returns false, with nothing written, for links with ids of a wrong length, of which a warning tells,
   * and those that are encoded in odd ways
   */
  write(part: SpanBatch, at: number, links: Places): boolean {
    const traceId = spanField(part, at, SpanField.traceId)
    this.#parent = spanField(part, at, SpanField.parentSpanId)
    this.#isFirst = true
    if (links.count === 0) {
      if (this.#parent !== absent) this.#own(ReferenceType.childOf, this.#parent)
      return true
    }
    this.#clear()
    for (let link = 0; link < links.count; link++) {
      if (!this.#isLinkNoted(links.start(link), links.end(link), traceId)) return false
    }
    this.#writeNoted(traceId)
    return true
  }

  #clear(): void {
    this.#others.length = 0
    this.#toParent = none
    this.#hasOwn = false
    this.#hasOwnChild = false
  }

  #isLinkNoted(start: number, end: number, ownTraceId: number): boolean {
    const bytes = this.#bytes
    if (!fields.find(bytes, this.#view, start, end)) return false
    const traceId = placeOfId(fields.traceId, fields.traceIdEnd, traceIdLength)
    const spanId = placeOfId(fields.spanId, fields.spanIdEnd, spanIdLength)
    const type = this.#typeOf(fields.attributes)
    if (traceId === wrong || spanId === wrong || type === none) return false
    if (traceId !== absent && isSameAt(bytes, traceId, ownTraceId, traceIdLength)) {
      if (this.#isParent(spanId)) {
        this.#toParent = type
        return true
      }
      this.#hasOwn = true
      if (type === ReferenceType.childOf) this.#hasOwnChild = true
    }
    this.#others.push(traceId, spanId, type)
    return true
  }

  /** A span without a parent has the zero id for one. */
  #isParent(spanId: number): boolean {
    if (this.#parent === absent) return isZero(this.#bytes, spanId)
    if (spanId === absent) return isZero(this.#bytes, this.#parent)
    return isSameAt(this.#bytes, spanId, this.#parent, spanIdLength)
  }

  /** `none` for attributes of which only a slower look tells. */
  #typeOf(attributes: Places): number {
    const bytes = this.#bytes
    let type: number = ReferenceType.followsFrom
    for (let index = 0; index < attributes.count; index++) {
      if (!plain.find(bytes, attributes.start(index), attributes.end(index))) return none
      const { key, keyEnd, tag, value, valueEnd } = plain
      if (findText(typeKey, bytes, key, keyEnd - key) < 0) continue
      const isChild =
        tag === ScalarTag.string && findText(childText, bytes, value, valueEnd - value) >= 0
      type = isChild ? ReferenceType.childOf : ReferenceType.followsFrom
    }
    return type
  }

  #writeNoted(ownTraceId: number): void {
    const toParent = this.#toParent
    const isParentTold = toParent === ReferenceType.childOf
    const needsParent =
      toParent === none
        ? this.#parent !== absent || this.#hasOwn
        : !isParentTold && this.#hasOwnChild
    if (needsParent) this.#own(ReferenceType.childOf, this.#parent)
    if (toParent !== none) this.#own(toParent, this.#parent)
    const others = this.#others
    for (let at = 0; at < others.length; at += 3) {
      const traceId = others[at] as number
      const [spanId, type] = [others[at + 1] as number, others[at + 2] as number]
      const isOwn = traceId !== absent && isSameAt(this.#bytes, traceId, ownTraceId, traceIdLength)
      if (isOwn) this.#own(type, spanId)
      else this.#other(type, traceId, spanId)
    }
  }

  /** A reference into the trace of the span. */
  #own(type: number, spanId: number): void {
    this.#separate()
    this.#out.raw(this.#ownHeads[type === ReferenceType.childOf ? 0 : 1])
    this.#spanId(spanId)
  }

  #other(type: number, traceId: number, spanId: number): void {
    this.#separate()
    this.#out.raw(heads[type === ReferenceType.childOf ? 0 : 1])
    const isShort = traceId === absent || isZeroAt(this.#bytes, traceId, traceIdLength / 2)
    if (traceId === absent) this.#out.raw(zeroId)
    else if (isShort) this.#out.hex(this.#bytes, traceId + traceIdLength / 2, traceIdLength / 2)
    else this.#out.hex(this.#bytes, traceId, traceIdLength)
    this.#out.raw(spanIdMember)
    this.#spanId(spanId)
  }

  #spanId(at: number): void {
    if (at === absent) this.#out.raw(zeroId)
    else this.#out.hex(this.#bytes, at, spanIdLength)
    this.#out.raw(referenceEnd)
  }

  #separate(): void {
    if (!this.#isFirst) this.#out.raw(comma)
    this.#isFirst = false
  }
}

/** Where an id is; one that is empty is absent, and stands for zeros. */
function placeOfId(start: number, end: number, length: number): number {
  if (end === start) return absent
  return end - start === length ? start : wrong
}

function isZero(bytes: Uint8Array, spanId: number): boolean {
  return spanId === absent || isZeroAt(bytes, spanId, spanIdLength)
}

/** One link and one attribute after the other. */
const fields = new LinkFields()
const plain = new PlainAttribute()

const none = -1
const wrong = -2
const typeKey = textTable([TagName.referenceType])
const childText = textTable([ReferenceTypeText.childOf])
const comma = jsonConstant(',')
const heads = [
  jsonConstant('{"refType":"CHILD_OF","traceID":"'),
  jsonConstant('{"refType":"FOLLOWS_FROM","traceID":"'),
] as const
const spanIdMember = jsonConstant('","spanID":"')
const referenceEnd = jsonConstant('"}')
/** Of a span, and of a trace as it is told short. */
const zeroId = jsonConstant('0'.repeat(16))
