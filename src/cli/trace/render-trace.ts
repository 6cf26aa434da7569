import { jaegerTracesOf } from '../../../bridge/jaeger-json/encode-traces.ts'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import { jsonOfGroups } from '../../../bridge/otlp/encode-json.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import { zipkinProtoOf } from '../../../bridge/zipkin/encode-proto.ts'
import { renderTree } from './render-tree.ts'
import type { TraceFormat } from './trace-formats.ts'

/** A trace as text that ends with a newline, or as the bytes of a binary format. */
export function renderTrace(
  groups: readonly SpanGroup[],
  format: TraceFormat,
): string | Uint8Array {
  switch (format) {
    case 'tree':
      return renderTree(groups)
    case 'otlp_json':
      return jsonText(jsonOfGroups(groups))
    case 'jaeger_ui_json':
      // What Jaeger's UI gets of GET /api/traces/ID, and takes as a file.
      return jsonText({ data: jaegerTracesOf(groups), total: 0, limit: 0, offset: 0, errors: null })
    case 'zipkin_json':
      // What POST /api/v2/spans takes.
      return jsonText(zipkinSpansOf(groups))
    case 'zipkin_proto':
      // The same, as zipkin.proto3.ListOfSpans.
      return zipkinProtoOf(zipkinSpansOf(groups))
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
