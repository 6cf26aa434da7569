import type { KeyValue, Status } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { TagName } from './tag-names.ts'

/** What the tags of a Jaeger span say that has a place of its own in OTLP. */
export interface SpecialTags {
  readonly kind: number
  readonly status: Status | undefined
  readonly traceState: string
  readonly scopeName: string
  readonly scopeVersion: string
  /** The tags that are left. */
  readonly attributes: KeyValue[]
}

/**
 * Takes the tags that OTLP keeps elsewhere out of a Jaeger span's tags.
 *
 *   span.kind                        kind; any other text is unspecified; always taken
 *   error = true                     status ERROR; only the boolean
 *   otel.status_code                 status, if `error` did not decide; always taken
 *   otel.status_description          text of either
 *   http.status_message              text of `error` without description, and of an HTTP status; stays
 *   http.status_code, http.response.status_code
 *                                    status, if neither of the above decided; stays
 *   w3c.tracestate                   trace state
 *   otel.scope.name, .version        scope; a version alone stays
 *
 * The last one of a key decides. A tag with another type than its meaning has stays an attribute.
 *
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger, jaegerproto_to_traces.go.
 */
export function takeSpecialTags(tags: KeyValue[]): SpecialTags {
  let found: Map<string, KeyValue> | undefined
  let hasError = false
  for (const tag of tags) {
    if (!specialKeys.has(tag.key)) continue
    found ??= new Map()
    // One scope name: the first, as the rest stays with the span.
    if (scopeKeys.has(tag.key) && found.has(tag.key)) continue
    if (tag.key === TagName.error && isTrue(tag)) hasError = true
    found.set(tag.key, tag)
  }
  if (found === undefined) return { ...nothingSpecial, attributes: tags }
  const taken = new Set<string>()
  const kind = takeKind(found, taken)
  const status = takeStatus({ found, hasError, kind }, taken)
  const traceState = takeText(found, TagName.traceState, taken)
  const scopeName = takeText(found, TagName.scopeName, taken)
  const scopeVersion = scopeName === '' ? '' : takeText(found, TagName.scopeVersion, taken)
  const attributes = tags.filter((tag) => !isTaken(tag, taken, found))
  return { kind, status, traceState, scopeName, scopeVersion, attributes }
}

type Found = ReadonlyMap<string, KeyValue>

function takeKind(found: Found, taken: Set<string>): number {
  const tag = found.get(TagName.spanKind)
  if (tag === undefined) return SpanKind.unspecified
  taken.add(TagName.spanKind)
  const text = stringOf(tag)
  return (text === undefined ? undefined : kinds.get(text)) ?? SpanKind.unspecified
}

function takeStatus(
  tags: { found: Found; hasError: boolean; kind: number },
  taken: Set<string>,
): Status | undefined {
  const { found, hasError } = tags
  const statusCode = found.get(TagName.statusCode)
  if (statusCode !== undefined) taken.add(TagName.statusCode)
  if (hasError) {
    taken.add(TagName.error)
    const hasDescription = found.get(TagName.statusDescription)?.value?.kind === 'string'
    const message = hasDescription
      ? takeText(found, TagName.statusDescription, taken)
      : textOf(found, TagName.httpStatusMessage)
    return { code: StatusCode.error, message }
  }
  if (statusCode !== undefined) {
    const message = takeText(found, TagName.statusDescription, taken)
    return { code: codeOfText(stringOf(statusCode)), message }
  }
  const http = found.get(TagName.httpStatusCode) ?? found.get(TagName.httpResponseStatusCode)
  if (!isHttpFailure(http, tags.kind)) return undefined
  return { code: StatusCode.error, message: textOf(found, TagName.httpStatusMessage) }
}

function codeOfText(text: string | undefined): number {
  const upper = text?.toUpperCase()
  if (upper === 'OK') return StatusCode.ok
  return upper === 'ERROR' ? StatusCode.error : StatusCode.unset
}

/** 399 counts as a failure and 4xx does not on the server's side, as in the source above. */
function isHttpFailure(tag: KeyValue | undefined, kind: number): boolean {
  const code = wholeNumber(tag)
  if (code === undefined) return false
  if (code >= 400n && code < 500n && kind === SpanKind.server) return false
  return code < 100n || code >= 399n
}

function wholeNumber(tag: KeyValue | undefined): bigint | undefined {
  const value = tag?.value
  if (value?.kind === 'int') return value.value
  if (value?.kind !== 'string' || !/^[+-]?\d{1,19}$/.test(value.value)) return undefined
  const number = BigInt(value.value.replace('+', ''))
  return BigInt.asIntN(64, number) === number ? number : undefined
}

/** The text of a string tag, which is taken unless it is empty; '' for none. */
function takeText(found: Found, key: string, taken: Set<string>): string {
  const text = textOf(found, key)
  if (text !== '') taken.add(key)
  return text
}

function textOf(found: Found, key: string): string {
  return stringOf(found.get(key)) ?? ''
}

function stringOf(tag: KeyValue | undefined): string | undefined {
  return tag?.value?.kind === 'string' ? tag.value.value : undefined
}

function isTrue(tag: KeyValue): boolean {
  return tag.value?.kind === 'bool' && tag.value.value
}

function isTaken(tag: KeyValue, taken: ReadonlySet<string>, found: Found): boolean {
  if (!taken.has(tag.key)) return false
  if (tag.key === TagName.error) return isTrue(tag)
  return scopeKeys.has(tag.key) ? found.get(tag.key) === tag : true
}

const kinds: ReadonlyMap<string, number> = new Map([
  ['client', SpanKind.client],
  ['server', SpanKind.server],
  ['producer', SpanKind.producer],
  ['consumer', SpanKind.consumer],
  ['internal', SpanKind.internal],
])

const scopeKeys: ReadonlySet<string> = new Set([TagName.scopeName, TagName.scopeVersion])

const specialKeys: ReadonlySet<string> = new Set([
  TagName.spanKind,
  TagName.error,
  TagName.statusCode,
  TagName.statusDescription,
  TagName.httpStatusMessage,
  TagName.httpStatusCode,
  TagName.httpResponseStatusCode,
  TagName.traceState,
  TagName.scopeName,
  TagName.scopeVersion,
])

const nothingSpecial = {
  kind: SpanKind.unspecified,
  status: undefined,
  traceState: '',
  scopeName: '',
  scopeVersion: '',
} as const
