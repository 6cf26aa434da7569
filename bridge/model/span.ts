/**
 * The span model: OTLP, decoded (docs/adr/0001-model-is-otlp.md).
 *
 * Every wire format converts to and from these objects. They are readonly and shared freely; ids
 * are bytes and become hex only at an edge; times are nanoseconds since the epoch as `bigint`.
 * `unknown` holds the fields of the wire message that this version does not know, verbatim with
 * their tags and in order, so that a round trip loses nothing.
 *
 * Source: opentelemetry-proto, trace/v1/trace.proto, common/v1/common.proto, resource/v1.
 */

/** Who plays which part in a call; numbers as on the OTLP wire. Others may arrive and are kept. */
export const SpanKind = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const

/** A span kind's number on the OTLP wire; values outside `SpanKind` are possible and kept. */
export type SpanKindNumber = number

/** Outcome of a span; numbers as on the OTLP wire. */
export const StatusCode = { unset: 0, ok: 1, error: 2 } as const

/** One value of an attribute. `empty` is a message with no value set. */
export type AnyValue = (
  | { readonly kind: 'empty' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | {
      readonly kind: 'array'
      readonly value: readonly AnyValue[]
      /** Unknown fields of the list itself; `unknown` has those of the value around it. */
      readonly listUnknown?: Uint8Array
    }
  | {
      readonly kind: 'kvlist'
      readonly value: readonly KeyValue[]
      readonly listUnknown?: Uint8Array
    }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
) & { readonly unknown?: Uint8Array }

/** A named value. `value` is undefined when the message had none at all. */
export interface KeyValue {
  readonly key: string
  readonly value: AnyValue | undefined
  readonly unknown?: Uint8Array
}

/** What produced the spans: a process, a host, a service. */
export interface Resource {
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly unknown?: Uint8Array
}

/** The instrumentation library that made the spans. */
export interface Scope {
  readonly name: string
  readonly version: string
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly unknown?: Uint8Array
}

/** Something that happened at one moment of a span. */
export interface SpanEvent {
  readonly timeUnixNano: bigint
  readonly name: string
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly unknown?: Uint8Array
}

/** A reference to another span, of this trace or another. Ids may have any length here. */
export interface SpanLink {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly traceState: string
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly flags: number
  readonly unknown?: Uint8Array
}

/** Outcome with the text that explains an error. */
export interface Status {
  readonly code: number
  readonly message: string
  readonly unknown?: Uint8Array
}

/** One operation of a trace. */
export interface Span {
  /** 16 bytes, not all zero. */
  readonly traceId: Uint8Array
  /** 8 bytes, not all zero. */
  readonly spanId: Uint8Array
  /** 8 bytes; undefined for a root. */
  readonly parentSpanId: Uint8Array | undefined
  readonly traceState: string
  /** Bits 0-7 are the W3C trace flags, 8 and 9 say whether the parent is remote. */
  readonly flags: number
  readonly name: string
  readonly kind: SpanKindNumber
  readonly startUnixNano: bigint
  readonly endUnixNano: bigint
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly events: readonly SpanEvent[]
  readonly droppedEventsCount: number
  readonly links: readonly SpanLink[]
  readonly droppedLinksCount: number
  /** Undefined when the message was absent; an empty message is code 0 and no text. */
  readonly status: Status | undefined
  readonly unknown?: Uint8Array
}

/** Spans of one scope of one resource, as OTLP groups them. */
export interface SpanGroup {
  readonly resource: Resource | undefined
  readonly resourceSchemaUrl: string
  /** Fields of ResourceSpans that this version does not know. */
  readonly resourceUnknown?: Uint8Array
  readonly scope: Scope | undefined
  readonly scopeSchemaUrl: string
  /** Fields of ScopeSpans that this version does not know. */
  readonly scopeUnknown?: Uint8Array
  readonly spans: readonly Span[]
}

/** A span that was not taken, why, and how many (a group that cannot be read counts its spans). */
export interface Rejected {
  /** Closed list; the label of the metric. */
  readonly reason: RejectReason
  /** For people: names the field and the limit. */
  readonly message: string
}

/** Why a span is refused while the rest of its request is kept. */
export const rejectReasons = [
  'trace_id',
  'span_id',
  'parent_span_id',
  'malformed',
  'too_deep',
  'too_large',
  'empty',
  /** A remote storage left it out, and did not say why in words of ours. */
  'remote',
] as const
/** One of `rejectReasons`. */
export type RejectReason = (typeof rejectReasons)[number]
