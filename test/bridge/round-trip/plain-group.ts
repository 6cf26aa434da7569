import type { KeyValue, Span, SpanGroup, SpanLink } from '../../../bridge/model/span.ts'
import { SpanKind } from '../../../bridge/model/span.ts'
import { text } from './change-span.ts'

/** Start of the span of `groupWith`, a whole second. */
export const plainStartUnixNano = 1_750_000_000_000_000_000n

/** A group of one span that no format loses anything of, but for what is changed. */
export function groupWith(span: Partial<Span>, others: Partial<SpanGroup> = {}): SpanGroup {
  return {
    resource: { attributes: [text('service.name', 'cart')], droppedAttributesCount: 0 },
    resourceSchemaUrl: '',
    scope: undefined,
    scopeSchemaUrl: '',
    ...others,
    spans: [
      {
        traceId: new Uint8Array(16).fill(9),
        spanId: new Uint8Array(8).fill(9),
        parentSpanId: undefined,
        ...{ name: 'GET /cart', kind: SpanKind.server, flags: 0, traceState: '' },
        ...{ startUnixNano: plainStartUnixNano, endUnixNano: plainStartUnixNano + 1000n },
        ...{ attributes: [], events: [], links: [], status: undefined },
        ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
        ...span,
      },
    ],
  }
}

/** A link that says no more than whereto. */
export function linkTo(
  traceId: Uint8Array,
  spanId: Uint8Array,
  attributes: readonly KeyValue[] = [],
): SpanLink {
  return { traceId, spanId, traceState: '', attributes, droppedAttributesCount: 0, flags: 0 }
}
