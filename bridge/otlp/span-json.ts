import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { microsOfHalves, nanoRemainderOfHalves } from '../model/micros.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { absent, SpanField, spanField } from '../model/span-batch.ts'
import { viewOf } from '../model/term-hash.ts'
import type { JsonBytes } from '../wire/json-bytes.ts'
import { jsonConstant } from '../wire/json-bytes.ts'
import { AttributeJson } from './attribute-json.ts'
import { spanOf } from './batch-objects.ts'
import { EventFields } from './event-fields.ts'
import { LinkFields } from './link-fields.ts'
import type { Places } from './span-fields.ts'
import { SpanFields } from './span-fields.ts'
import { spanText } from './span-text.ts'
import { StatusFields } from './status-fields.ts'

/**
 * Writes spans as OTLP JSON, from their bytes to bytes. What is written is that of `spanText`, which has what
 * becomes what; a test holds them to each other. Spans that are encoded in odd ways, or have an event without
 * a time or a link without a trace, are left to it.
 */
export class SpanJson {
  readonly #out: JsonBytes
  readonly #attributes: AttributeJson
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor(out: JsonBytes) {
    this.#out = out
    this.#attributes = new AttributeJson(out)
  }

  /** @throws WireError for a span that cannot be read */
  write(part: SpanBatch, at: number): void {
    const { size } = this.#out
    if (part.bytes !== this.#bytes) {
      this.#bytes = part.bytes
      this.#view = viewOf(part.bytes)
      this.#attributes.from(part.bytes, this.#view)
    }
    if (this.#isWritten(part, at)) return
    this.#out.cut(size)
    this.#out.text(spanText(spanOf(part, at)))
  }

  /** @returns false when something in it is not written here; what is written then is to be cut off */
  #isWritten(part: SpanBatch, at: number): boolean {
    const out = this.#out
    const start = spanField(part, at, SpanField.offset)
    const end = start + spanField(part, at, SpanField.length)
    if (!fields.find(this.#bytes, this.#view, start, end)) return false
    this.#writeIds(part, at)
    this.#number(kindMember, spanField(part, at, SpanField.kind))
    this.#time(startMember, fields.startHigh, fields.startLow)
    this.#time(endMember, fields.endHigh, fields.endLow)
    this.#writeAttributes(fields.attributes, fields.droppedAttributesCount)
    if (!this.#areEventsWritten(fields.events)) return false
    this.#number(droppedEventsMember, fields.droppedEventsCount)
    if (!this.#areLinksWritten(fields.links)) return false
    this.#number(droppedLinksMember, fields.droppedLinksCount)
    if (!statusFields.find(this.#bytes, fields.status, fields.statusEnd)) return false
    out.raw(statusMember)
    const { message, messageEnd, code } = statusFields
    if (messageEnd > message) this.#text(messageMember, message, messageEnd)
    this.#number(messageEnd > message ? codeMember : firstCodeMember, code)
    out.raw(spanEnd)
    return true
  }

  #writeIds(part: SpanBatch, at: number): void {
    const out = this.#out
    out.raw(traceIdHead)
    out.hex(this.#bytes, spanField(part, at, SpanField.traceId), traceIdLength)
    out.raw(spanIdMember)
    out.hex(this.#bytes, spanField(part, at, SpanField.spanId), spanIdLength)
    out.raw(quote)
    const { traceState, traceStateEnd } = fields
    if (traceStateEnd > traceState) this.#text(traceStateMember, traceState, traceStateEnd)
    const parent = spanField(part, at, SpanField.parentSpanId)
    if (parent !== absent) {
      out.raw(parentMember)
      out.hex(this.#bytes, parent, spanIdLength)
      out.raw(quote)
    }
    this.#number(flagsMember, fields.flags)
    const name = spanField(part, at, SpanField.name)
    const nameLength = spanField(part, at, SpanField.nameLength)
    if (nameLength > 0) this.#text(nameMember, name, name + nameLength)
  }

  #areEventsWritten(events: Places): boolean {
    const out = this.#out
    if (events.count === 0) return true
    out.raw(eventsMember)
    for (let index = 0; index < events.count; index++) {
      if (index > 0) out.raw(comma)
      const [start, end] = [events.start(index), events.end(index)]
      if (!eventFields.find(this.#bytes, this.#view, start, end)) return false
      const { timeHigh, timeLow, name, nameEnd, attributes, droppedAttributesCount } = eventFields
      // The first member has no comma before it; without a time that would be another one.
      if (timeHigh === 0 && timeLow === 0) return false
      this.#time(eventHead, timeHigh, timeLow)
      if (nameEnd > name) this.#text(nameMember, name, nameEnd)
      this.#writeAttributes(attributes, droppedAttributesCount)
      out.raw(objectEnd)
    }
    out.raw(listEnd)
    return true
  }

  #areLinksWritten(links: Places): boolean {
    const out = this.#out
    if (links.count === 0) return true
    out.raw(linksMember)
    for (let index = 0; index < links.count; index++) {
      if (index > 0) out.raw(comma)
      const [start, end] = [links.start(index), links.end(index)]
      if (!linkFields.find(this.#bytes, this.#view, start, end)) return false
      const { traceId, traceIdEnd, spanId, spanIdEnd, traceState, traceStateEnd } = linkFields
      // The first member has no comma before it, as with events.
      if (traceIdEnd === traceId) return false
      out.raw(traceIdHead)
      out.hex(this.#bytes, traceId, traceIdEnd - traceId)
      if (spanIdEnd > spanId) {
        out.raw(spanIdMember)
        out.hex(this.#bytes, spanId, spanIdEnd - spanId)
      }
      out.raw(quote)
      if (traceStateEnd > traceState) this.#text(traceStateMember, traceState, traceStateEnd)
      this.#writeAttributes(linkFields.attributes, linkFields.droppedAttributesCount)
      this.#number(flagsMember, linkFields.flags)
      out.raw(objectEnd)
    }
    out.raw(listEnd)
    return true
  }

  #writeAttributes(attributes: Places, droppedAttributesCount: number): void {
    if (attributes.count > 0) {
      this.#out.raw(attributesMember)
      this.#attributes.list(attributes)
      this.#out.raw(listEnd)
    }
    this.#number(droppedAttributesMember, droppedAttributesCount)
  }

  /** A member up to its text, and the text. */
  #text(member: Uint8Array, start: number, end: number): void {
    this.#out.raw(member)
    this.#out.escaped(this.#bytes, start, end)
    this.#out.raw(quote)
  }

  /** A default is left out. */
  #number(member: Uint8Array, value: number): void {
    if (value === 0) return
    this.#out.raw(member)
    this.#out.whole(value)
  }

  /** Nanoseconds in two halves, as digits in a text; a time that is not set is left out. */
  #time(member: Uint8Array, high: number, low: number): void {
    if (high === 0 && low === 0) return
    const out = this.#out
    out.raw(member)
    const micros = microsOfHalves(high, low)
    if (micros === Number.MAX_SAFE_INTEGER) {
      out.text(String((BigInt(high) << 32n) | BigInt(low)))
    } else if (micros === 0) out.whole(low)
    else {
      out.whole(micros)
      out.padded(nanoRemainderOfHalves(high, low), 3)
    }
    out.raw(quote)
  }
}

/** One span after the other. */
const fields = new SpanFields()
const eventFields = new EventFields()
const linkFields = new LinkFields()
const statusFields = new StatusFields()

const traceIdHead = jsonConstant('{"traceId":"')
const spanIdMember = jsonConstant('","spanId":"')
const traceStateMember = jsonConstant(',"traceState":"')
const parentMember = jsonConstant(',"parentSpanId":"')
const flagsMember = jsonConstant(',"flags":')
const nameMember = jsonConstant(',"name":"')
const kindMember = jsonConstant(',"kind":')
const startMember = jsonConstant(',"startTimeUnixNano":"')
const endMember = jsonConstant(',"endTimeUnixNano":"')
const attributesMember = jsonConstant(',"attributes":[')
const droppedAttributesMember = jsonConstant(',"droppedAttributesCount":')
const eventsMember = jsonConstant(',"events":[')
const eventHead = jsonConstant('{"timeUnixNano":"')
const droppedEventsMember = jsonConstant(',"droppedEventsCount":')
const linksMember = jsonConstant(',"links":[')
const droppedLinksMember = jsonConstant(',"droppedLinksCount":')
const statusMember = jsonConstant(',"status":{')
const messageMember = jsonConstant('"message":"')
const codeMember = jsonConstant(',"code":')
const firstCodeMember = jsonConstant('"code":')
const spanEnd = jsonConstant('}}')
const objectEnd = jsonConstant('}')
const listEnd = jsonConstant(']')
const quote = jsonConstant('"')
const comma = jsonConstant(',')
