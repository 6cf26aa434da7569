/**
 * A search for traces: the expression tree of `jaeger.expression.v1` with its constants resolved.
 *
 * What the tree means is in src/search; every store answers alike. All conditions hold on one span.
 */

/** Where an attribute is looked for; '' is any of the five. */
export type AttributeLevel = '' | FieldLevel
/** The levels of OTLP that have attributes and built-in fields. */
export type FieldLevel = 'span' | 'resource' | 'scope' | 'event' | 'link'

/** Built-in fields of each level, as jaeger-idl's registry names them (Jaeger RFC 0005, §5.2). */
export const builtInFields = {
  span: [
    'traceID',
    'spanID',
    'parentSpanID',
    'traceState',
    'name',
    'kind',
    'startTime',
    'endTime',
    'status',
    'statusMessage',
    'duration',
  ],
  resource: ['service', 'schemaURL'],
  scope: ['name', 'version', 'schemaURL'],
  event: ['name', 'time', 'timeSinceStart'],
  link: ['traceID', 'spanID', 'traceState'],
} as const satisfies Record<FieldLevel, readonly string[]>

/** An entry of an attribute map, by key. */
export interface AttributeTerm {
  readonly kind: 'attr'
  readonly key: string
  readonly level: AttributeLevel
}

/**
 * A value that the model itself defines. Ids are hex text, kind and status lower-case words
 * (`server`, `error`), times nanoseconds, durations whole microseconds, truncated. A text that is
 * empty counts as absent.
 */
export interface FieldTerm {
  readonly kind: 'field'
  readonly level: FieldLevel
  readonly name: string
}

/** The events or links of a span; only as first argument of `some`. */
export interface NestedTerm {
  readonly kind: 'nested'
  readonly level: 'event' | 'link'
}

/**
 * A constant. `any` is text without a type: it equals a value of whatever type whose text form is
 * the same (500 equals int and string), and orders against numbers as a number where it is one.
 */
export type ConstantTerm =
  | { readonly kind: 'any'; readonly value: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'durationNano'; readonly value: bigint }
  | { readonly kind: 'timeUnixNano'; readonly value: bigint }

/** Constants of one kind; only as second argument of `in` and `not_in`. */
export interface ListTerm {
  readonly kind: 'list'
  readonly values: readonly ConstantTerm[]
}

/** Operators of `jaeger.expression.v1`. */
export const operators = [
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'gt',
  'lt',
  'gte',
  'lte',
  'regex',
  'exists',
  'in',
  'not_in',
  'some',
] as const
/** One of `operators`. */
export type Operator = (typeof operators)[number]

/** An operator over its arguments; true or false for a span. */
export interface Call {
  readonly kind: 'call'
  readonly op: Operator
  readonly args: readonly Term[]
}

/** A node of the tree. */
export type Term = AttributeTerm | FieldTerm | NestedTerm | ConstantTerm | ListTerm | Call

/** Which traces to find. */
export interface SpanQuery {
  /**
   * Window `[min, max)` of the matching span's indexed start, whole µs since the epoch; without a
   * bound everything that retention has left is inside.
   */
  readonly minMicros?: number
  readonly maxMicros?: number
  /** Undefined: every span matches. */
  readonly filter?: Call
  /** How many traces, at least 1. */
  readonly limit: number
}
