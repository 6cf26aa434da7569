/**
 * What travels between processes beside a request or a message, whichever headers carried it.
 *
 * Ids are lower-case hex here, not bytes as in the span model: headers on one side and the API of
 * OpenTelemetry on the other are both text, so bytes would only be made to be unmade.
 */

/** What a caller knew when it sent the request or the message. */
export interface Propagated {
  /** The caller's span, to be the parent; undefined when none was named. */
  readonly span?: SpanReference
  /**
   * What is to become of the trace. It also comes without a span: a proxy forbids traces of a health
   * check (`b3: 0`), a person asks for one (`jaeger-debug-id`).
   */
  readonly sampling: Sampling
  /** Of `jaeger-debug-id`: marks the root span that it asks for, so that it can be searched. */
  readonly debugId?: string
  /** In the order of the headers; a key may be there twice. */
  readonly baggage: readonly BaggageEntry[]
}

/** The caller's span. */
export interface SpanReference {
  /** 32 lower-case hex digits, not all zero; a 64-bit id has 16 zeros in front. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string
  /** The parent of that span: 16 digits, not all zero. Only B3 and old Jaeger clients tell. */
  readonly parentSpanId?: string
  /** W3C level 2: the last 7 bytes of the trace id are random. */
  readonly isRandom?: boolean
  /** Jaeger: the span is not to be kept in indexes. */
  readonly isFirehose?: boolean
  /** W3C list of vendors' members, as it is written in the header; without it there is none. */
  readonly traceState?: string
}

/**
 * A decision on a trace.
 *
 * - `deferred`: the receiver decides
 * - `denied`, `accepted`: not recorded, recorded
 * - `debug`: recorded whatever samplers and throttles say
 */
export type Sampling = 'deferred' | 'denied' | 'accepted' | 'debug'

/** A value of the application that travels along. */
export interface BaggageEntry {
  readonly key: string
  readonly value: string
  /** Properties of W3C baggage as they are written, without the first semicolon. */
  readonly metadata?: string
}

/** What is known when no header said anything. */
export const nothingPropagated: Propagated = { sampling: 'deferred', baggage: [] }

/** True for `accepted` and `debug`. */
export function isSampled(sampling: Sampling): boolean {
  return sampling === 'accepted' || sampling === 'debug'
}
