/**
 * A finished span of OpenTracing as JSON: what `MockSpan.debug()` of the npm package prints, `uuid`,
 * `operation`, `millis` and `tags`, and beside it what the model of OpenTracing has and that leaves out.
 *
 * Source: opentracing 0.14.7, mock_tracer; OpenTracing, specification.md, The OpenTracing Data Model.
 */
export interface RecordedSpan {
  /** The span id: 16 hex digits. */
  readonly uuid: string
  readonly operation: string
  /** Duration, start and finish in ms, the last two since the epoch; with a fraction of whole µs. */
  readonly millis: readonly [duration: number, start: number, finish: number]
  /** Without it there are none. */
  readonly tags?: Readonly<Record<string, TagValue>>
  /** 32 hex digits. Without it the span is alone in a trace whose id are the digits of `uuid`. */
  readonly traceId?: string
  readonly references?: readonly RecordedReference[]
  readonly logs?: readonly RecordedLog[]
  /** Tags of the process, `service.name` among them. */
  readonly process?: Readonly<Record<string, TagValue>>
}

/** A value of a tag. */
export type TagValue = string | number | boolean

/** A reference to another span. */
export interface RecordedReference {
  readonly type: 'child_of' | 'follows_from'
  readonly traceId: string
  readonly uuid: string
}

/** What was logged at one moment; `timestamp` in ms since the epoch, with a fraction of whole µs. */
export interface RecordedLog {
  readonly timestamp: number
  readonly fields: Readonly<Record<string, TagValue>>
}

/** A part of spans that the other side has no place for, and how often it was there. */
export interface RecordedLoss {
  readonly part: RecordedLossPart
  readonly count: number
}

/**
 * What is lost between the model and OpenTracing's; closed, so that it can be counted.
 *
 * - to OpenTracing: `nanoseconds` below a µs, `dropped_counts`, `schema_urls`, `flags`, `link_parts`
 *   (attributes, trace state and flags of links), `scope_attributes`, `unknown_fields`; `number_types` of
 *   an int over 2^53, which becomes text, or a whole double, which is read as an int; `value_types` of
 *   bytes, lists, maps and empty values, which become text; `equal_keys`, of which the last counts;
 *   `unwritable_numbers`; `event_names` beside an attribute `event`; `parent_links`, a CHILD_OF link to
 *   the parent, which says no more; `parents`, a root with a link into its own trace, which is read as its parent
 * - from it: `unfinished`, a span without a finish, that ends as it begins; `log_times`, a log without
 *   a time, which gets that of the start; `values` of tags that are none and become text;
 *   `unknown_members` of a span, a reference or a log
 */
export type RecordedLossPart =
  | 'nanoseconds'
  | 'dropped_counts'
  | 'schema_urls'
  | 'flags'
  | 'link_parts'
  | 'scope_attributes'
  | 'unknown_fields'
  | 'number_types'
  | 'equal_keys'
  | 'unwritable_numbers'
  | 'unfinished'
  | 'log_times'
  | 'values'
  | 'value_types'
  | 'event_names'
  | 'parent_links'
  | 'parents'
  | 'unknown_members'

/** Counts lost parts. */
export class RecordedLosses {
  readonly #counts = new Map<RecordedLossPart, number>()

  add(part: RecordedLossPart, count = 1): void {
    if (count > 0) this.#counts.set(part, (this.#counts.get(part) ?? 0) + count)
  }

  /** Those that there were. */
  list(): readonly RecordedLoss[] {
    return [...this.#counts].map(([part, count]) => ({ part, count }))
  }
}

/** Keys of tags that stand for a field of OTLP, as Jaeger's clients and translators have them. */
export const SpecialTag = {
  kind: 'span.kind',
  error: 'error',
  statusCode: 'otel.status_code',
  statusDescription: 'otel.status_description',
  traceState: 'w3c.tracestate',
  scopeName: 'otel.scope.name',
  scopeVersion: 'otel.scope.version',
  refType: 'opentracing.ref_type',
  event: 'event',
} as const

/** Words of `span.kind` by the number of a kind; an unspecified one has none. */
export const kindTexts = [
  undefined,
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const
