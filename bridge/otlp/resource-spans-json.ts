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
import { JsonBytes, jsonConstant } from '../wire/json-bytes.ts'
import { textOf } from '../wire/reader.ts'
import { resourceOf, scopeOf } from './batch-objects.ts'
import { jsonOfResource, jsonOfScope } from './encode-json.ts'
import { SpanJson } from './span-json.ts'

/** Pieces of so many bytes cost little each, and no client waits long for one. */
const pieceBytes = 64 * 1024
/** What a span over the end of a piece may take, at most usually. */
const roomBytes = 8 * 1024

/**
 * A batch as ResourceSpans in OTLP JSON, one for each group, with a comma between them: pieces of some
 * size. As in Go's encoding, a scope and a status are there even when they are empty: clients read
 * members of them without a look.
 *
 * @throws WireError for a batch that cannot be read
 */
export function* resourceSpansJson(batch: SpanBatch): Generator<Uint8Array, void, undefined> {
  const spansOf: number[][] = Array.from({ length: groupCount(batch) }, () => [])
  for (let at = 0; at < spanCount(batch); at++) {
    spansOf[spanField(batch, at, SpanField.group)]?.push(at)
  }
  const out = new JsonBytes(Math.min(batch.bytes.length * 3, pieceBytes) + roomBytes)
  const json = new SpanJson(out)
  let separator = ''
  for (const [group, spans] of spansOf.entries()) {
    if (spans.length === 0) continue
    out.text(separator + headOf(batch, group))
    separator = ','
    for (const [index, at] of spans.entries()) {
      if (index > 0) out.raw(comma)
      json.write(batch, at)
      if (out.size >= pieceBytes) yield out.take()
    }
    out.text(tailOf(batch, group))
  }
  if (out.size > 0) yield out.take()
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
const comma = jsonConstant(',')
