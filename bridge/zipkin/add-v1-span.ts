import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { V1Side } from './convert-v1.ts'
import { sidesOfV1 } from './convert-v1.ts'
import type { SpanList } from './span-list.ts'
import type { EndpointParts, SpanParts, TextSlice } from './span-parts.ts'
import type { V1Endpoint, V1Span } from './v1-span.ts'

/** Adds a v1 span to the list: as one span, or as one for each side of it. */
export function addV1Span(list: SpanList, span: V1Span, bytes: Uint8Array): void {
  const sides = sidesOfV1(span)
  list.countRepeated((sides.length - 1) * span.name.length)
  for (const side of sides) {
    fill(list.parts, span, side)
    list.add(bytes)
  }
}

function fill(parts: SpanParts, span: V1Span, side: V1Side): void {
  parts.clear()
  parts.ids.set(span.ids)
  parts.traceIdLength = span.hasTraceId ? traceIdLength : 0
  parts.spanIdLength = span.hasSpanId ? spanIdLength : 0
  parts.hasParent = span.hasParent
  parts.kind = side.kind
  parts.timestamp = side.timestamp
  parts.duration = side.duration
  parts.shared = side.shared
  parts.debug = span.debug
  keep(parts, span.name, parts.name)
  fillEndpoint(parts, side.local, parts.local)
  fillEndpoint(parts, side.remote, parts.remote)
  for (const { timestamp, value } of side.annotations) {
    parts.addAnnotation(timestamp, parts.keep(value), value.length)
  }
  for (const { key, value, isTyped } of side.tags) {
    parts.addTag(parts.keep(key), key.length, parts.keep(value), value.length, isTyped ? 1 : 0)
  }
}

function fillEndpoint(
  parts: SpanParts,
  endpoint: V1Endpoint | undefined,
  into: EndpointParts,
): void {
  if (endpoint === undefined) return
  keep(parts, endpoint.serviceName, into.serviceName)
  keep(parts, endpoint.ipv4, into.ipv4)
  keep(parts, endpoint.ipv6, into.ipv6)
  into.port = endpoint.port
}

function keep(parts: SpanParts, text: Uint8Array, into: TextSlice): void {
  into.at = parts.keep(text)
  into.length = text.length
}
