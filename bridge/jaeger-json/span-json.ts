import { kindTexts } from '../jaeger-proto/jaeger-parts.ts'
import { sampledFlag, TagName } from '../jaeger-proto/tag-names.ts'
import { spanIdLength } from '../model/identifier.ts'
import { microsOfHalves } from '../model/micros.ts'
import type { Scope } from '../model/span.ts'
import { StatusCode } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { SpanField, spanField } from '../model/span-batch.ts'
import { viewOf } from '../model/term-hash.ts'
import { spanOf } from '../otlp/batch-objects.ts'
import { EventFields } from '../otlp/event-fields.ts'
import type { Places } from '../otlp/span-fields.ts'
import { SpanFields } from '../otlp/span-fields.ts'
import { StatusFields } from '../otlp/status-fields.ts'
import type { JsonBytes } from '../wire/json-bytes.ts'
import { jsonConstant } from '../wire/json-bytes.ts'
import { textTable } from '../wire/text-table.ts'
import { ReferenceJson } from './reference-json.ts'
import { spanText, tagText } from './span-text.ts'
import { SpecialAttributes } from './special-attributes.ts'
import { TagJson } from './tag-json.ts'

/** What the spans of one group have in common. */
export interface GroupJson {
  readonly scope: Scope | undefined
  /** `p1`, `p2`, ... */
  readonly processID: string
  /** Tags of the scope, with commas between them; may be empty. */
  readonly scopeTags: Uint8Array
  /** From the process up to the warnings. */
  readonly tail: Uint8Array
}

/** What is made once for the spans of a group. */
export function groupJson(scope: Scope | undefined, processID: string): GroupJson {
  const texts: string[] = []
  if (scope !== undefined && scope.name !== '') texts.push(textTag(TagName.scopeName, scope.name))
  if (scope !== undefined && scope.version !== '') {
    texts.push(textTag(TagName.scopeVersion, scope.version))
  }
  return {
    scope,
    processID,
    scopeTags: jsonConstant(texts.join(',')),
    tail: jsonConstant(`],"processID":"${processID}","warnings":`),
  }
}

/**
 * Writes the spans of one trace as JSON, from their bytes to bytes. What is written is that of `spanText`, which
 * has what becomes what; a test holds them to each other. Spans that are encoded in odd ways, or have what is
 * rare (a negative duration, ids of a wrong length in a link), are left to it.
 */
export class SpanJson {
  readonly #out: JsonBytes
  readonly #traceID: string
  /** Up to the span id. */
  readonly #head: Uint8Array
  readonly #references: ReferenceJson
  readonly #tags: TagJson
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** @param traceID as `shortTraceIdText` gives it */
  constructor(out: JsonBytes, traceID: string) {
    this.#out = out
    this.#traceID = traceID
    this.#head = jsonConstant(`{"traceID":"${traceID}","spanID":"`)
    this.#references = new ReferenceJson(out, traceID)
    this.#tags = new TagJson(out)
  }

  /** @throws WireError for a span that cannot be read */
  write(part: SpanBatch, at: number, group: GroupJson): void {
    const { size } = this.#out
    if (part.bytes !== this.#bytes) {
      this.#bytes = part.bytes
      this.#view = viewOf(part.bytes)
      this.#references.from(part.bytes, this.#view)
      this.#tags.from(part.bytes, this.#view)
    }
    if (this.#isWritten(part, at, group)) return
    this.#out.cut(size)
    const { scope, processID } = group
    const traceID = this.#traceID
    this.#out.text(spanText({ span: spanOf(part, at), scope, traceID, processID }))
  }

  /** @returns false when something in it is not written here; what is written then is to be cut off */
  #isWritten(part: SpanBatch, at: number, { scopeTags, tail }: GroupJson): boolean {
    const out = this.#out
    const start = spanField(part, at, SpanField.offset)
    const end = start + spanField(part, at, SpanField.length)
    if (!fields.find(this.#bytes, this.#view, start, end)) return false
    if (!special.find(this.#bytes, fields.attributes)) return false
    const startMicros = microsOfHalves(fields.startHigh, fields.startLow)
    const durationMicros = durationOf(fields)
    if (startMicros === Number.MAX_SAFE_INTEGER || durationMicros < 0) return false
    this.#writeHead(part, at)
    if (!this.#references.write(part, at, fields.links)) return false
    out.raw(startTimeMember)
    out.whole(startMicros)
    out.raw(durationMember)
    out.whole(durationMicros)
    out.raw(tagsMember)
    this.#tags.begin()
    if (scopeTags.length > 0) this.#tags.constant(scopeTags)
    if (!this.#areTagsWritten(fields.attributes)) return false
    if (!this.#isStatusWritten(part, at)) return false
    out.raw(logsMember)
    for (let event = 0; event < fields.events.count; event++) {
      if (event > 0) out.raw(comma)
      if (!this.#isLogWritten(fields.events.start(event), fields.events.end(event))) return false
    }
    out.raw(tail)
    this.#writeWarnings()
    return true
  }

  /** From the ids up to the references. */
  #writeHead(part: SpanBatch, at: number): void {
    const out = this.#out
    out.raw(this.#head)
    out.hex(this.#bytes, spanField(part, at, SpanField.spanId), spanIdLength)
    const flags = special.flags + (fields.flags & sampledFlag)
    if (flags > sampledFlag) {
      out.raw(flagsMember)
      out.whole(flags)
      out.raw(nameBehindFlags)
    } else out.raw(flags === 0 ? nameMember : sampledNameMember)
    const name = spanField(part, at, SpanField.name)
    out.escaped(this.#bytes, name, name + spanField(part, at, SpanField.nameLength))
    out.raw(referencesMember)
  }

  /** False for tags for which Jaeger has a place of its own, and which did not get there. */
  #areTagsWritten(attributes: Places): boolean {
    for (let index = 0; index < attributes.count; index++) {
      if (special.has(index)) continue
      const [start, end] = [attributes.start(index), attributes.end(index)]
      if (!this.#tags.attribute(start, end, specialKeys)) return false
    }
    return true
  }

  /** The member's value, and the end of the span. */
  #writeWarnings(): void {
    const out = this.#out
    const { warnings } = special
    for (let index = 0; index < warnings.count; index++) {
      out.raw(index === 0 ? firstWarning : nextWarning)
      out.escaped(this.#bytes, warnings.start(index), warnings.end(index))
    }
    out.raw(warnings.count === 0 ? noWarnings : warningsEnd)
  }

  #isStatusWritten(part: SpanBatch, at: number): boolean {
    const tags = this.#tags
    const kind = kindTags.get(spanField(part, at, SpanField.kind))
    if (kind !== undefined) tags.constant(kind)
    const { status, statusEnd, traceState, traceStateEnd } = fields
    if (!statusFields.find(this.#bytes, status, statusEnd)) return false
    const { code, message, messageEnd } = statusFields
    if (code === StatusCode.ok) tags.constant(okTag)
    else if (code === StatusCode.error) tags.constant(errorTags)
    if (messageEnd > message) tags.text(descriptionHead, message, messageEnd)
    if (traceStateEnd > traceState) tags.text(traceStateHead, traceState, traceStateEnd)
    return true
  }

  /** False for a log that has a field `event` besides its name. */
  #isLogWritten(start: number, end: number): boolean {
    const out = this.#out
    if (!eventFields.find(this.#bytes, this.#view, start, end)) return false
    const { attributes, timeHigh, timeLow, name, nameEnd } = eventFields
    const micros = microsOfHalves(timeHigh, timeLow)
    if (micros === Number.MAX_SAFE_INTEGER) return false
    out.raw(logHead)
    out.whole(micros)
    out.raw(fieldsMember)
    this.#tags.begin()
    const hasName = nameEnd > name
    if (hasName) this.#tags.text(eventHead, name, nameEnd)
    for (let index = 0; index < attributes.count; index++) {
      const [from, to] = [attributes.start(index), attributes.end(index)]
      if (!this.#tags.attribute(from, to, hasName ? eventKey : noKeys)) return false
    }
    out.raw(logEnd)
    return true
  }
}

/** Whole µs of end - start; -1 where that is negative, or more than a double holds. */
function durationOf({ startHigh, startLow, endHigh, endLow }: SpanFields): number {
  const borrow = endLow < startLow ? 1 : 0
  const high = endHigh - startHigh - borrow
  if (high < 0) return -1
  const micros = microsOfHalves(high, endLow - startLow + borrow * 2 ** 32)
  return micros === Number.MAX_SAFE_INTEGER ? -1 : micros
}

function textTag(key: string, value: string): string {
  return tagText({ key, value: { kind: 'string', value } })
}

/** A tag of text up to that. */
function textHead(key: string): Uint8Array {
  return jsonConstant(textTag(key, '').slice(0, -'"}'.length))
}

/** One span after the other. */
const fields = new SpanFields()
const eventFields = new EventFields()
const statusFields = new StatusFields()
const special = new SpecialAttributes()

const comma = jsonConstant(',')
const nameMember = jsonConstant('","operationName":"')
const sampledNameMember = jsonConstant('","flags":1,"operationName":"')
const flagsMember = jsonConstant('","flags":')
const nameBehindFlags = jsonConstant(',"operationName":"')
const referencesMember = jsonConstant('","references":[')
const startTimeMember = jsonConstant('],"startTime":')
const durationMember = jsonConstant(',"duration":')
const tagsMember = jsonConstant(',"tags":[')
const logsMember = jsonConstant('],"logs":[')
const logHead = jsonConstant('{"timestamp":')
const fieldsMember = jsonConstant(',"fields":[')
const logEnd = jsonConstant(']}')
const noWarnings = jsonConstant('null}')
const firstWarning = jsonConstant('["')
const nextWarning = jsonConstant('","')
const warningsEnd = jsonConstant('"]}')

const kindTags: ReadonlyMap<number, Uint8Array> = new Map(
  Array.from(kindTexts, ([kind, text]) => [kind, jsonConstant(textTag(TagName.spanKind, text))]),
)
const okTag = jsonConstant(textTag(TagName.statusCode, 'OK'))
const errorTag = tagText({ key: TagName.error, value: { kind: 'bool', value: true } })
const errorTags = jsonConstant(`${textTag(TagName.statusCode, 'ERROR')},${errorTag}`)
const descriptionHead = textHead(TagName.statusDescription)
const traceStateHead = textHead(TagName.traceState)
const eventHead = textHead(TagName.event)
/** Of these a span has a place of its own. */
const specialKeys = textTable([TagName.flags, TagName.warnings])
const eventKey = textTable([TagName.event])
const noKeys = textTable([])
