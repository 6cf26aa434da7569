import { SpanKind, StatusCode } from '../model/span.ts'
import { findText, textTable } from '../wire/text-table.ts'
import type { SpanParts } from './span-parts.ts'
import { TagField, tagStride } from './span-parts.ts'
import { knownTags, linkPrefix, Special, specialCount } from './tag-names.ts'

/** What becomes of a tag. */
export const Role = { attribute: 0, resource: 1, taken: 2, link: 3 } as const

/** Row of a special tag that the span does not have. */
export const none = -1

/**
 * What the tags of a Zipkin span say that has a place of its own in OTLP.
 *
 *   error                    status ERROR, whatever it says; taken where it says `true`
 *   otel.status_code         status, where `error` did not decide; taken where it is one
 *   otel.status_description  text of either, where there is a code; else it stays
 *   span.kind = internal     kind, where the span has none
 *   w3c.tracestate           trace state
 *   otel.scope.name, .version, and otel.library.*, of which the former count
 *                            scope; a version alone stays
 *   otlp.service.name.source resource attribute that the local service's name is the value of
 *   otlp.link.N              link, if it is one; see write-links.ts
 *
 * Of equal tags the last one counts.
 *
 * Source: opentelemetry-collector-contrib v0.155.0, pkg/translator/zipkin/zipkinv2.
 */
export class TagRoles {
  /** A `Role` of each tag. */
  roles = new Uint8Array(64)
  /** Row of each special tag, by `Special`, or `none`. */
  readonly special = new Int32Array(specialCount)
  kind = 0
  statusCode = 0
  hasStatus = false
  hasMessage = false
  hasLinks = false
  hasResourceTags = false

  /** Looks through the tags of a span whose texts lie in `bytes` or in the parts' own. */
  find(bytes: Uint8Array, parts: SpanParts): void {
    const { special } = this
    this.#findTags(bytes, parts)
    this.kind = parts.kind
    const kind = special[Special.spanKind] as number
    if (parts.kind === SpanKind.unspecified && kind !== none) {
      if (textIndex(bytes, parts, kind, internalText) === 0) {
        this.kind = SpanKind.internal
        this.roles[kind] = Role.taken
      }
    }
    this.#takeStatus(bytes, parts)
    this.#take(parts, Special.traceState)
    this.#takeScope(parts)
    this.#take(parts, Special.serviceNameSource)
  }

  /** Row of the tag that names the scope, or `none`. */
  get scopeName(): number {
    return this.#either(Special.scopeName, Special.libraryName)
  }

  /** Row of the tag with the scope's version, or `none`. */
  get scopeVersion(): number {
    return this.#either(Special.scopeVersion, Special.libraryVersion)
  }

  #findTags(bytes: Uint8Array, { tags, own }: SpanParts): void {
    const { count, numbers } = tags
    if (this.roles.length < count) this.roles = new Uint8Array(count * 2)
    const { roles, special } = this
    special.fill(none)
    this.hasLinks = false
    this.hasResourceTags = false
    for (let tag = 0; tag < count; tag++) {
      const row = tag * tagStride
      const at = numbers[row + TagField.key] as number
      const length = numbers[row + TagField.keyLength] as number
      const from = at < 0 ? own : bytes
      const start = at < 0 ? ~at : at
      const known = findText(knownTags, from, start, length)
      roles[tag] = Role.attribute
      if (known >= specialCount || known === Special.serviceName) {
        roles[tag] = Role.resource
        this.hasResourceTags = true
      } else if (known >= 0) special[known] = tag
      else if (from[start] === firstOfLink && isLink(from, start, length)) {
        roles[tag] = Role.link
        this.hasLinks = true
      }
    }
  }

  #takeStatus(bytes: Uint8Array, parts: SpanParts): void {
    const { special, roles } = this
    const error = special[Special.error] as number
    const code = special[Special.statusCode] as number
    const index = code === none ? none : textIndex(bytes, parts, code, statusTexts)
    this.hasStatus = error !== none || index !== none
    this.hasMessage = false
    this.statusCode = StatusCode.unset
    if (index !== none) {
      this.statusCode = index % 3
      roles[code] = Role.taken
      this.hasMessage = this.#take(parts, Special.statusDescription)
    }
    if (error === none) return
    this.statusCode = StatusCode.error
    if (isTrue(bytes, parts, error)) roles[error] = Role.taken
  }

  /** A version without a name is no scope. */
  #takeScope(parts: SpanParts): void {
    const isNamed = this.#take(parts, Special.libraryName)
    if (!this.#take(parts, Special.scopeName) && !isNamed) return
    this.#take(parts, Special.libraryVersion)
    this.#take(parts, Special.scopeVersion)
  }

  /** Takes a tag that is a text and not empty. */
  #take({ tags: { numbers } }: SpanParts, special: number): boolean {
    const tag = this.special[special] as number
    if (tag === none) return false
    const row = tag * tagStride
    const length = numbers[row + TagField.valueLength] as number
    if (length === 0 || numbers[row + TagField.isTyped] === 1) return false
    this.roles[tag] = Role.taken
    return true
  }

  #either(first: number, second: number): number {
    const { special, roles } = this
    const isTaken = (tag: number) => tag !== none && roles[tag] === Role.taken
    const tag = special[first] as number
    if (isTaken(tag)) return tag
    const other = special[second] as number
    return isTaken(other) ? other : none
  }
}

function isLink(from: Uint8Array, start: number, length: number): boolean {
  if (length <= linkPrefix.length) return false
  for (let at = 1; at < linkPrefix.length; at++) {
    if (from[start + at] !== linkPrefix.charCodeAt(at)) return false
  }
  return true
}

/** Which of the texts a tag's value is; -1 for none of them. */
function textIndex(
  bytes: Uint8Array,
  { tags: { numbers }, own }: SpanParts,
  tag: number,
  texts: ReturnType<typeof textTable>,
): number {
  const row = tag * tagStride
  if (numbers[row + TagField.isTyped] === 1) return -1
  const at = numbers[row + TagField.value] as number
  const length = numbers[row + TagField.valueLength] as number
  return at < 0 ? findText(texts, own, ~at, length) : findText(texts, bytes, at, length)
}

function isTrue(bytes: Uint8Array, parts: SpanParts, tag: number): boolean {
  const { numbers } = parts.tags
  const row = tag * tagStride
  if (numbers[row + TagField.isTyped] === 0) return textIndex(bytes, parts, tag, trueText) === 0
  // Typed values are our own: an AnyValue's bool_value.
  const at = ~(numbers[row + TagField.value] as number)
  return parts.own[at] === 0x10 && parts.own[at + 1] === 1
}

const internalText = textTable(['internal'])
const trueText = textTable(['true'])
/** As the specification has them, then as exporters of some languages wrote them; three of a kind. */
const statusTexts = textTable([
  ...['UNSET', 'OK', 'ERROR'],
  ...['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'],
  ...['Unset', 'Ok', 'Error'],
])
const firstOfLink = linkPrefix.charCodeAt(0)
