import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { WireWriter } from '../wire/writer.ts'
import type { ReadResource, ReadScope } from './write-span.ts'
import { UnreadableSpan, writeResource, writeScope, writeSpan } from './write-span.ts'

/** How much one request carries. */
export interface RequestLimits {
  /** Length of a request; a gRPC server that was not told otherwise takes 4 MiB. */
  readonly requestBytesMax: number
  readonly requestSpansMax: number
}

/** Spans as the bytes of an ExportTraceServiceRequest. */
export interface EncodedRequest {
  readonly bytes: Uint8Array
  readonly spans: number
}

/** A span that is in no request. */
export interface RefusedSpan {
  readonly reason: 'malformed' | 'too_large'
  /** Names the span, the field and the limit. */
  readonly message: string
}

/** Requests in the order of the spans within their resources and scopes, and what is in none. */
export interface EncodedSpans {
  readonly requests: readonly EncodedRequest[]
  readonly refused: readonly RefusedSpan[]
  /** Attributes without a value in OTLP; the spans count them as dropped. */
  readonly lostAttributes: number
}

/**
 * Spans of the SDK -> as few ExportTraceServiceRequest messages as the limits allow.
 *
 * A bad span is left out alone. Each span is encoded once; resources and scopes are told apart as
 * objects, of which the SDK has one each.
 *
 *   1 resource_spans   1 resource, 2 scope_spans, 3 schema_url
 *     2 scope_spans    1 scope, 2 spans, 3 schema_url
 *
 * Source: opentelemetry-proto, collector/trace/v1/trace_service.proto.
 */
export function encodeRequests(
  spans: readonly ReadableSpan[],
  limits: RequestLimits,
): EncodedSpans {
  const refused: RefusedSpan[] = []
  const requests: EncodedRequest[] = []
  const heads = new Heads()
  let open: OpenRequest | undefined
  for (const group of groupsOf(spans)) {
    const head = heads.of(group)
    for (const span of group.spans) {
      const bytes = encode(span, heads, refused)
      if (bytes === undefined) continue
      const alone = framed(bytes.length) + head.sizeBytes
      if (alone > limits.requestBytesMax) {
        refused.push(tooLarge(span, alone, limits))
        continue
      }
      if (open?.takes(head, bytes, limits) === false) {
        requests.push(open.finish())
        open = undefined
      }
      open ??= new OpenRequest()
      open.add(head, bytes)
    }
  }
  if (open !== undefined) requests.push(open.finish())
  return { requests, refused, lostAttributes: heads.lostAttributes }
}

/** What spans of one resource and scope share, encoded. */
interface Head {
  readonly resource: Uint8Array
  readonly resourceSchemaUrl: string
  readonly scope: Uint8Array
  readonly scopeSchemaUrl: string
  /** Of all of it in a request, with tags and lengths. */
  readonly sizeBytes: number
}

interface Group {
  readonly resource: ReadResource
  readonly scope: ReadScope
  readonly spans: ReadableSpan[]
}

/** Spans by resource, then by scope, each in the order of its first span. */
function groupsOf(spans: readonly ReadableSpan[]): readonly Group[] {
  const resources = new Map<ReadResource, Map<ReadScope, Group>>()
  for (const span of spans) {
    const { resource, instrumentationScope: scope } = span
    const scopes = resources.get(resource) ?? new Map<ReadScope, Group>()
    resources.set(resource, scopes)
    const group: Group = scopes.get(scope) ?? { resource, scope, spans: [] }
    scopes.set(scope, group)
    group.spans.push(span)
  }
  return [...resources.values()].flatMap((scopes) => [...scopes.values()])
}

/** Encodes each resource and scope once, and counts what is lost on the way. */
class Heads {
  lostAttributes = 0
  readonly #resources = new Map<ReadResource, Uint8Array>()
  /** Of one message after the other. */
  readonly #writer = new WireWriter()

  of({ resource, scope }: Group): Head {
    const resourceBytes = this.#resources.get(resource) ?? this.#encode(writeResource, resource)
    this.#resources.set(resource, resourceBytes)
    const scopeBytes = this.#encode(writeScope, scope)
    const resourceSchemaUrl = resource.schemaUrl ?? ''
    const scopeSchemaUrl = scope.schemaUrl ?? ''
    const urls = Buffer.byteLength(resourceSchemaUrl) + Buffer.byteLength(scopeSchemaUrl)
    return {
      resource: resourceBytes,
      resourceSchemaUrl,
      scope: scopeBytes,
      scopeSchemaUrl,
      sizeBytes: resourceBytes.length + scopeBytes.length + urls + headFramesBytes,
    }
  }

  /** @throws UnreadableSpan */
  span(span: ReadableSpan): Uint8Array {
    return this.#encode(writeSpan, span)
  }

  #encode<T>(write: (writer: WireWriter, value: T) => number, value: T): Uint8Array {
    this.#writer.truncate(0)
    this.lostAttributes += write(this.#writer, value)
    return this.#writer.finish()
  }
}

/** Tag and length at their longest; lengths over 2^28 do not come in a request. */
const frameBytes = 1 + 5
/** Of a resource, a scope, two schema URLs and the two messages around them. */
const headFramesBytes = 6 * frameBytes

function framed(length: number): number {
  return frameBytes + length
}

function encode(span: ReadableSpan, heads: Heads, refused: RefusedSpan[]): Uint8Array | undefined {
  try {
    return heads.span(span)
  } catch (error) {
    if (!(error instanceof UnreadableSpan)) throw error
    refused.push({
      reason: 'malformed',
      message: `Cannot export span ${nameOf(span)}: ${error.message}`,
    })
    return undefined
  }
}

function tooLarge(span: ReadableSpan, sizeBytes: number, limits: RequestLimits): RefusedSpan {
  const state = `it takes ${sizeBytes} bytes, requestBytesMax is ${limits.requestBytesMax}`
  return { reason: 'too_large', message: `Cannot export span ${nameOf(span)}: ${state}` }
}

function nameOf({ name }: ReadableSpan): string {
  return JSON.stringify(name.slice(0, 100))
}

interface OpenGroup {
  readonly head: Head
  readonly spans: Uint8Array[]
}

/** A request while spans are added; its size is counted with the longest frames. */
class OpenRequest {
  readonly #groups: OpenGroup[] = []
  #sizeBytes = 0
  #spans = 0

  takes(head: Head, span: Uint8Array, limits: RequestLimits): boolean {
    const isOpen = this.#groups.at(-1)?.head === head
    const added = framed(span.length) + (isOpen ? 0 : head.sizeBytes)
    return this.#spans < limits.requestSpansMax && this.#sizeBytes + added <= limits.requestBytesMax
  }

  add(head: Head, span: Uint8Array): void {
    let group = this.#groups.at(-1)
    if (group?.head !== head) {
      group = { head, spans: [] }
      this.#groups.push(group)
      this.#sizeBytes += head.sizeBytes
    }
    group.spans.push(span)
    this.#sizeBytes += framed(span.length)
    this.#spans += 1
  }

  finish(): EncodedRequest {
    const writer = new WireWriter(this.#sizeBytes)
    for (let at = 0; at < this.#groups.length; ) at = writeResourceSpans(writer, this.#groups, at)
    return { bytes: writer.finish(), spans: this.#spans }
  }
}

/** Writes the groups from `first` on that share a resource. @returns the index behind them */
function writeResourceSpans(
  writer: WireWriter,
  groups: readonly OpenGroup[],
  first: number,
): number {
  const head = groups[first]?.head
  let end = first
  while (groups[end] !== undefined && groups[end]?.head.resource === head?.resource) end += 1
  writer.message(1, () => {
    writer.bytesAlways(1, head?.resource ?? new Uint8Array(0))
    for (const group of groups.slice(first, end)) writeScopeSpans(writer, group)
    writer.string(3, head?.resourceSchemaUrl ?? '')
  })
  return end
}

function writeScopeSpans(writer: WireWriter, { head, spans }: OpenGroup): void {
  writer.message(2, () => {
    writer.bytesAlways(1, head.scope)
    for (const span of spans) writer.bytesAlways(2, span)
    writer.string(3, head.scopeSchemaUrl)
  })
}
