import type { Scope } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  SpanField,
  spanCount,
  spanField,
} from '../model/span-batch.ts'
import { textOf } from '../wire/reader.ts'
import { resourceOf, scopeOf, spanOf } from './batch-objects.ts'
import { jsonOfResource, jsonOfScope } from './encode-json.ts'
import { SpanTexts } from './span-text.ts'

/**
 * A batch as ResourceSpans in OTLP JSON, one for each group, with a comma between them: text that is made
 * span by span. As in Go's encoding, a scope and a status are there even when they are empty: clients
 * read members of them without a look.
 */
export function* resourceSpansTexts(batch: SpanBatch): Generator<string, void, undefined> {
  const spansOf: number[][] = Array.from({ length: groupCount(batch) }, () => [])
  for (let at = 0; at < spanCount(batch); at++) {
    spansOf[spanField(batch, at, SpanField.group)]?.push(at)
  }
  const texts = new SpanTexts()
  let separator = ''
  for (const [group, spans] of spansOf.entries()) {
    if (spans.length === 0) continue
    yield separator + headOf(batch, group)
    for (const [index, at] of spans.entries()) {
      yield (index === 0 ? '' : ',') + texts.textOf(spanOf(batch, at))
    }
    yield tailOf(batch, group)
    separator = ','
  }
}

function headOf(batch: SpanBatch, group: number): string {
  const resource = resourceOf(batch, group)
  const own =
    resource === undefined ? '' : `"resource":${JSON.stringify(jsonOfResource(resource))},`
  const scope = JSON.stringify(jsonOfScope(scopeOf(batch, group) ?? emptyScope))
  return `{${own}"scopeSpans":[{"scope":${scope},"spans":[`
}

function tailOf(batch: SpanBatch, group: number): string {
  const scopeUrl = urlMember(groupSlice(batch, group, GroupField.scopeSchemaUrl))
  const resourceUrl = urlMember(groupSlice(batch, group, GroupField.resourceSchemaUrl))
  return `]${scopeUrl}}]${resourceUrl}}`
}

function urlMember(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : `,"schemaUrl":${JSON.stringify(textOf(bytes))}`
}

const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
