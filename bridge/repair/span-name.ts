import type { Span } from '../model/span.ts'

/**
 * A span without a name is called `empty-span-name`, so that it can be listed and searched.
 *
 * Source: Jaeger 2.20.0, jptrace/sanitizer/emptyspanname.go.
 */
export function repairSpanName(span: Span): Span {
  return span.name === '' ? { ...span, name: 'empty-span-name' } : span
}
