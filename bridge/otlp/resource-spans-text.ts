import type { Scope, Span, Status } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { groupsOf } from './batch-objects.ts'
import { jsonOfGroup } from './encode-json.ts'

/**
 * A batch as texts of ResourceSpans in OTLP JSON, one for each group. As in Go's encoding, a scope and a
 * status are there even when they are empty: clients read members of them without a look.
 */
export function* resourceSpansTexts(batch: SpanBatch): Generator<string, void, undefined> {
  for (const group of groupsOf(batch)) {
    if (group.spans.length === 0) continue
    const spans = group.spans.map(withStatus)
    yield JSON.stringify(jsonOfGroup({ ...group, scope: group.scope ?? emptyScope, spans }))
  }
}

function withStatus(span: Span): Span {
  return span.status === undefined ? { ...span, status: emptyStatus } : span
}

const emptyStatus: Status = { code: 0, message: '' }
const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
