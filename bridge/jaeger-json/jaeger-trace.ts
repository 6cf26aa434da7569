/**
 * The JSON of Jaeger's query service and user interface, as types.
 *
 * Source: jaeger v1.65.0, model/json/model.go.
 */

/** A trace; times are µs since the epoch, ids lower-case hex. */
export interface JaegerTrace {
  /** 32 digits, 16 where the upper half is zero. */
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  /** By `p1`, `p2`, ... */
  readonly processes: Readonly<Record<string, JaegerProcess>>
  readonly warnings: readonly string[] | null
}

/** One span of a trace. */
export interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  /** Left out when 0. */
  readonly flags?: number
  readonly operationName: string
  readonly references: readonly JaegerReference[]
  readonly startTime: number
  /** µs. */
  readonly duration: number
  readonly tags: readonly JaegerTag[]
  readonly logs: readonly JaegerLog[]
  readonly processID: string
  readonly warnings: readonly string[] | null
}

/** What a span comes from. */
export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM'
  readonly traceID: string
  readonly spanID: string
}

/** Something that happened during a span. */
export interface JaegerLog {
  readonly timestamp: number
  readonly fields: readonly JaegerTag[]
}

/** A tag of a span, a process or a log. */
export interface JaegerTag {
  readonly key: string
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary'
  /** Base64 for binary; a decimal string for an int64 that a double cannot hold. */
  readonly value: string | boolean | number
}

/** Who recorded a span. */
export interface JaegerProcess {
  readonly serviceName: string
  readonly tags: readonly JaegerTag[]
}
