import { SpanKind, StatusCode } from '../model/span.ts'
import { textOf } from '../wire/reader.ts'
import { Rows } from '../wire/rows.ts'
import { findText, textTable } from '../wire/text-table.ts'
import type { TextSlice } from './read-tag.ts'
import { findTagText, noText, TagField, tagStride, wholeAt } from './read-tag.ts'
import { TagName, ValueType } from './tag-names.ts'

/** Keys that are looked for; of those from `scopeName` on the first tag decides, of others the last. */
const Key = {
  spanKind: 0,
  error: 1,
  statusCode: 2,
  statusDescription: 3,
  httpStatusMessage: 4,
  httpStatusCode: 5,
  httpResponseStatusCode: 6,
  traceState: 7,
  scopeName: 8,
  scopeVersion: 9,
} as const
const specialNames = (Object.keys(Key) as (keyof typeof Key)[]).map((key) => TagName[key])
const specialKeys = textTable(specialNames)
const keyCount = specialNames.length
const firstScopeKey = Key.scopeName

const kinds = [
  ['client', SpanKind.client],
  ['server', SpanKind.server],
  ['producer', SpanKind.producer],
  ['consumer', SpanKind.consumer],
  ['internal', SpanKind.internal],
] as const
const kindTexts = textTable(kinds.map(([text]) => text))

const none = -1
const scratch = noText()

/**
 * What the tags of a Jaeger span say that has a place of its own in OTLP.
 *
 *   span.kind                        kind, if it is one of the five
 *   error = true                     status ERROR; only the boolean
 *   otel.status_code                 status, if `error` did not decide; taken if it is a code
 *   otel.status_description          text of either
 *   http.status_message              text of `error` without description, and of an HTTP status; stays
 *   http.status_code, http.response.status_code
 *                                    status, if neither of the above decided; stays
 *   w3c.tracestate                   trace state
 *   otel.scope.name, .version        scope; a version alone stays
 *
 * The last one of a key decides, of the scope the first: the rest stays with the span. A tag with
 * another type than its meaning has, or a value without one, stays an attribute.
 *
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger, jaegerproto_to_traces.go.
 */
export class SpecialTags {
  kind: number = SpanKind.unspecified
  hasStatus = false
  statusCode: number = StatusCode.unset
  readonly statusMessage = noText()
  readonly traceState = noText()
  readonly scopeName = noText()
  readonly scopeVersion = noText()
  #bytes: Uint8Array = new Uint8Array(0)
  #tags = new Rows(tagStride)
  /** The row of each special key's tag, or `none`. */
  readonly #found = new Int32Array(keyCount)
  /** Of each special key, whether the tag that was found is taken. */
  readonly #isTaken = new Uint8Array(keyCount)
  /** The special key of each tag, or `none`. */
  #keys = new Int8Array(64)

  /** Looks through the tags of a span. */
  find(bytes: Uint8Array, tags: Rows): void {
    this.#bytes = bytes
    this.#tags = tags
    this.#findTags(bytes, tags)
    this.#takeKind()
    this.#takeStatus()
    this.#takeText(Key.traceState, this.traceState)
    this.#takeText(Key.scopeName, this.scopeName)
    this.scopeVersion.length = 0
    if (this.scopeName.length > 0) this.#takeText(Key.scopeVersion, this.scopeVersion)
  }

  /** Whether a tag is no attribute any more. */
  isTaken(tag: number): boolean {
    const key = this.#keys[tag] as number
    return key !== none && this.#isTaken[key] === 1 && this.#found[key] === tag
  }

  #findTags(bytes: Uint8Array, { count, numbers }: Rows): void {
    if (this.#keys.length < count) this.#keys = new Int8Array(count * 2)
    const keys = this.#keys
    for (let key = 0; key < keyCount; key++) {
      this.#found[key] = none
      this.#isTaken[key] = 0
    }
    for (let tag = 0; tag < count; tag++) {
      const at = tag * tagStride
      const start = numbers[at + TagField.key] as number
      const key = findText(specialKeys, bytes, start, numbers[at + TagField.keyLength] as number)
      keys[tag] = key
      if (key === none || (key >= firstScopeKey && this.#found[key] !== none)) continue
      if (key === Key.error && !this.#isTrue(tag)) continue
      this.#found[key] = tag
    }
  }

  #takeKind(): void {
    this.kind = SpanKind.unspecified
    if (!this.#textOf(this.#found[Key.spanKind] as number, scratch)) return
    const kind = kinds[findText(kindTexts, scratch.bytes, scratch.start, scratch.length)]
    if (kind === undefined) return
    this.#isTaken[Key.spanKind] = 1
    this.kind = kind[1]
  }

  #takeStatus(): void {
    const code = this.#found[Key.statusCode] as number
    this.statusMessage.length = 0
    this.statusCode = StatusCode.unset
    this.hasStatus = true
    const known = this.#textOf(code, scratch) ? codeOfText(textIn(scratch)) : undefined
    if (known !== undefined) this.#isTaken[Key.statusCode] = 1
    if (this.#found[Key.error] !== none) {
      this.#isTaken[Key.error] = 1
      this.statusCode = StatusCode.error
      const description = this.#found[Key.statusDescription] as number
      if (this.#textOf(description, scratch)) {
        this.#takeText(Key.statusDescription, this.statusMessage)
      } else this.#textOf(this.#found[Key.httpStatusMessage] as number, this.statusMessage)
    } else if (code !== none) {
      this.#takeText(Key.statusDescription, this.statusMessage)
      this.statusCode = known ?? StatusCode.unset
      this.hasStatus = known !== undefined || this.statusMessage.length > 0
    } else if (this.#isHttpFailure()) {
      this.statusCode = StatusCode.error
      this.#textOf(this.#found[Key.httpStatusMessage] as number, this.statusMessage)
    } else this.hasStatus = false
  }

  /** 399 counts as a failure and 4xx does not on the server's side, as in the source above. */
  #isHttpFailure(): boolean {
    let tag = this.#found[Key.httpStatusCode] as number
    if (tag === none) tag = this.#found[Key.httpResponseStatusCode] as number
    if (tag === none) return false
    const code = this.#wholeNumber(tag)
    if (code === undefined) return false
    if (code >= 400 && code < 500 && this.kind === SpanKind.server) return false
    return code < 100 || code >= 399
  }

  /** An int, or the digits of one; a large one only nearly. */
  #wholeNumber(tag: number): number | undefined {
    const { numbers } = this.#tags
    const at = tag * tagStride
    if (numbers[at + TagField.type] === ValueType.int64) {
      const value = numbers[at + TagField.value] as number
      const length = numbers[at + TagField.valueLength] as number
      if (length === 2) return twoBytes(this.#bytes, value)
      return length === 0 ? 0 : Number(wholeAt(this.#bytes, value))
    }
    if (!this.#textOf(tag, scratch)) return undefined
    const text = textIn(scratch)
    if (!/^[+-]?\d{1,19}$/.test(text)) return undefined
    const number = BigInt(text.replace('+', ''))
    return BigInt.asIntN(64, number) === number ? Number(number) : undefined
  }

  /** The text of a key's tag, which is taken unless it is empty; of no length for none. */
  #takeText(key: number, into: TextSlice): void {
    if (this.#textOf(this.#found[key] as number, into) && into.length > 0) this.#isTaken[key] = 1
  }

  /** Finds a tag's text; of no length, and false, when it has another type or there is no tag. */
  #textOf(tag: number, into: TextSlice): boolean {
    into.length = 0
    return tag !== none && findTagText(this.#bytes, this.#tags, tag, into)
  }

  #isTrue(tag: number): boolean {
    const { numbers } = this.#tags
    const at = tag * tagStride
    return numbers[at + TagField.type] === ValueType.bool && numbers[at + TagField.value] === 1
  }
}

function textIn({ bytes, start, length }: TextSlice): string {
  return textOf(bytes.subarray(start, start + length))
}

function codeOfText(text: string): number | undefined {
  switch (text.toUpperCase()) {
    case 'UNSET':
      return StatusCode.unset
    case 'OK':
      return StatusCode.ok
    case 'ERROR':
      return StatusCode.error
    default:
      return undefined
  }
}

/** Whether a tag of this key may mean more than an attribute does. */
export function isSpecialKey(key: string): boolean {
  return specialNames.some((name) => name === key)
}

/** A varint of two bytes. */
function twoBytes(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) & 0x7f) | (((bytes[at + 1] as number) & 0x7f) << 7)
}
