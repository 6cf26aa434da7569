import type { Span } from '../model/span.ts'
import { addWarning } from './warnings.ts'

/**
 * A span that ends before it starts ends when it starts, and a warning on it tells the end that
 * came. A duration of zero is no fault.
 *
 * Source: Jaeger 2.20.0, jptrace/sanitizer/negative_duration_santizer.go; it also changes zero
 * durations and makes them one nanosecond long.
 */
export function repairNegativeDuration(span: Span): Span {
  if (span.endUnixNano >= span.startUnixNano) return span
  const warning =
    `Span ended before it started: end ${span.endUnixNano} ns, ` +
    `start ${span.startUnixNano} ns; its end was set to its start`
  return {
    ...span,
    endUnixNano: span.startUnixNano,
    attributes: addWarning(span.attributes, warning),
  }
}
