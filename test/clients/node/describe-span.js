const kinds = ['internal', 'server', 'client', 'producer', 'consumer']
const statuses = ['unset', 'ok', 'error']

/** What the SDK recorded, in the JSON form of the peer programs. */
export function describeSpan(span) {
  const { traceId, spanId, traceState } = span.spanContext()
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    traceState: traceState?.serialize() ?? '',
    name: span.name,
    kind: kinds[span.kind],
    startNano: nano(span.startTime),
    endNano: nano(span.endTime),
    attributes: attributes(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeNano: nano(event.time),
      attributes: attributes(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      traceState: link.context.traceState?.serialize() ?? '',
      attributes: attributes(link.attributes),
    })),
    status: { code: statuses[span.status.code], message: span.status.message ?? '' },
    resource: attributes(span.resource.attributes),
    scope: {
      name: span.instrumentationScope.name,
      version: span.instrumentationScope.version ?? '',
      attributes: {},
    },
  }
}

function nano([seconds, nanos]) {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}

function attributes(map = {}) {
  return Object.fromEntries(Object.entries(map).map(([key, held]) => [key, value(held)]))
}

/** The SDK sends a whole number as int and any other as double. */
function value(held) {
  if (typeof held === 'string') return { string: held }
  if (typeof held === 'boolean') return { bool: held }
  if (typeof held === 'number') {
    return Number.isInteger(held) ? { int: String(held) } : { double: held }
  }
  if (held instanceof Uint8Array) return { bytes: btoa(String.fromCharCode(...held)) }
  if (Array.isArray(held)) return { array: held.map(value) }
  return {}
}
