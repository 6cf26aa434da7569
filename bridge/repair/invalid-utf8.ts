import type {
  AnyValue,
  KeyValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
} from '../model/span.ts'
import { base64Of } from '../wire/bytes-text.ts'
import { bytesOfEscaped, readableText } from './escaped-text.ts'

/**
 * Text that is not UTF-8, as `escapedText` gave it, in whatever place it stands. Nothing is lost:
 * the bytes stay as a value or as an attribute of type bytes.
 *
 * - attribute value, also in lists and maps: a value of type bytes
 * - attribute key: `invalid-tag-key-N`, its value the bytes `key:value`
 * - name of a span, event or scope: `invalid-span-name`, `invalid-event-name`, `invalid-scope-name`
 *   and an attribute of that key; version of a scope: `invalid-scope-version` likewise
 * - trace state and status message: U+FFFD in place of what is wrong, and an attribute
 *   `invalid-trace-state` or `invalid-status-message`
 *
 * Source: Jaeger 2.20.0, jptrace/sanitizer/utf8.go, for span name, keys and values; the rest is ours.
 */
export function repairSpanText(span: Span): Span {
  const lost = new LostText()
  const name = lost.named(span.name, 'invalid-span-name')
  const traceState = lost.replaced(span.traceState, 'invalid-trace-state')
  const message = lost.replaced(span.status?.message ?? '', 'invalid-status-message')
  const attributes = lost.with(span.attributes)
  const events = repairEach(span.events, repairEvent)
  const links = repairEach(span.links, repairLink)
  if (
    lost.isEmpty &&
    attributes === span.attributes &&
    events === span.events &&
    links === span.links
  ) {
    return span
  }
  const status = span.status === undefined ? undefined : { ...span.status, message }
  return { ...span, name, traceState, status, attributes, events, links }
}

/** The same for a resource. */
export function repairResourceText(resource: Resource): Resource {
  const attributes = repairAttributes(resource.attributes)
  return attributes === resource.attributes ? resource : { ...resource, attributes }
}

/** The same for a scope. */
export function repairScopeText(scope: Scope): Scope {
  const lost = new LostText()
  const name = lost.named(scope.name, 'invalid-scope-name')
  const version = lost.named(scope.version, 'invalid-scope-version')
  const attributes = lost.with(scope.attributes)
  if (lost.isEmpty && attributes === scope.attributes) return scope
  return { ...scope, name, version, attributes }
}

function repairEvent(event: SpanEvent): SpanEvent {
  const lost = new LostText()
  const name = lost.named(event.name, 'invalid-event-name')
  const attributes = lost.with(event.attributes)
  if (lost.isEmpty && attributes === event.attributes) return event
  return { ...event, name, attributes }
}

function repairLink(link: SpanLink): SpanLink {
  const lost = new LostText()
  const traceState = lost.replaced(link.traceState, 'invalid-trace-state')
  const attributes = lost.with(link.attributes)
  if (lost.isEmpty && attributes === link.attributes) return link
  return { ...link, traceState, attributes }
}

/** Texts that were replaced, as attributes with their bytes. */
class LostText {
  readonly #attributes: KeyValue[] = []

  get isEmpty(): boolean {
    return this.#attributes.length === 0
  }

  /** The text, or the key under which its bytes are kept. */
  named(text: string, key: string): string {
    return this.#keep(text, key) ? key : text
  }

  /** The text, or what can be read of it. */
  replaced(text: string, key: string): string {
    return this.#keep(text, key) ? readableText(text) : text
  }

  /** The attributes of the same object, repaired, and behind them those of the lost texts. */
  with(attributes: readonly KeyValue[]): readonly KeyValue[] {
    const repaired = repairAttributes(attributes)
    return this.isEmpty ? repaired : [...repaired, ...this.#attributes]
  }

  #keep(text: string, key: string): boolean {
    if (text.isWellFormed()) return false
    this.#attributes.push({ key, value: { kind: 'bytes', value: bytesOfEscaped(text) } })
    return true
  }
}

function repairAttributes(attributes: readonly KeyValue[]): readonly KeyValue[] {
  let next = 1
  const keys = new Set<string>()
  return repairEach(attributes, (attribute) => {
    if (!attribute.key.isWellFormed()) {
      if (keys.size === 0) for (const { key } of attributes) keys.add(key)
      while (keys.has(`invalid-tag-key-${next}`)) next++
      return keyless(attribute, `invalid-tag-key-${next++}`)
    }
    if (attribute.value === undefined) return attribute
    const value = repairValue(attribute.value)
    return value === attribute.value ? attribute : { ...attribute, value }
  })
}

function keyless(attribute: KeyValue, key: string): KeyValue {
  const value = Buffer.concat([
    bytesOfEscaped(attribute.key),
    Buffer.from(':'),
    attribute.value === undefined ? Buffer.alloc(0) : bytesOfValue(attribute.value),
  ])
  return { ...attribute, key, value: { kind: 'bytes', value: new Uint8Array(value) } }
}

function repairValue(value: AnyValue): AnyValue {
  switch (value.kind) {
    case 'string': {
      if (value.value.isWellFormed()) return value
      return { ...value, kind: 'bytes', value: bytesOfEscaped(value.value) }
    }
    case 'array': {
      const values = repairEach(value.value, repairValue)
      return values === value.value ? value : { ...value, value: values }
    }
    case 'kvlist': {
      const values = repairAttributes(value.value)
      return values === value.value ? value : { ...value, value: values }
    }
    default:
      return value
  }
}

/** A value behind its key: text as it is, bytes raw, lists and maps as JSON. */
function bytesOfValue(value: AnyValue): Uint8Array {
  switch (value.kind) {
    case 'empty':
      return new Uint8Array(0)
    case 'bytes':
      return value.value
    case 'string':
      return bytesOfEscaped(value.value)
    case 'array':
    case 'kvlist':
      return Buffer.from(JSON.stringify(plainOf(value)))
    default:
      return Buffer.from(String(value.value))
  }
}

function plainOf(value: AnyValue | undefined): unknown {
  if (value === undefined) return null
  switch (value.kind) {
    case 'empty':
      return null
    case 'array':
      return value.value.map(plainOf)
    case 'kvlist':
      return value.value.map(({ key, value }) => [readableText(key), plainOf(value)])
    case 'bytes':
      return base64Of(value.value)
    case 'int':
      return String(value.value)
    case 'string':
      return readableText(value.value)
    default:
      return value.value
  }
}

/** Maps every item; the same array when none changed. */
function repairEach<Item>(items: readonly Item[], repair: (item: Item) => Item): readonly Item[] {
  let isSame = true
  const repaired = items.map((item) => {
    const next = repair(item)
    if (next !== item) isSame = false
    return next
  })
  return isSame ? items : repaired
}
