import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { absorb, levelState, TermLevel } from '../model/term-hash.ts'
import { writeKeyValues } from '../otlp/encode-value.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { WireWriter } from '../wire/writer.ts'
import type { SpanParts } from './span-parts.ts'
import { ReferenceType, ReferenceTypeText, TagName } from './tag-names.ts'

/** Says that no reference is the parent. */
export const noParent = -1

/**
 * Which reference is the parent: the first CHILD_OF of the span's trace, else its first
 * FOLLOWS_FROM. Gives its entry among the ids of the span; it may be all zero.
 *
 * Source: jaeger-idl, model/v1/span.go (ParentSpanID).
 */
export function parentOf({ references, ids }: SpanParts): number {
  let follows = noParent
  for (let row = 0; row < references.count; row++) {
    const entry = row + 1
    if (!ids.isSameTrace(entry, 0)) continue
    const type = references.numbers[row]
    if (type === ReferenceType.childOf) return entry
    if (type === ReferenceType.followsFrom && follows === noParent) follows = entry
  }
  return follows
}

/**
 * References -> links: those that the parent id does not say, which are all but a CHILD_OF of it. One
 * with unknown fields stays, as they have no other place.
 *
 *   1 trace_id, 2 span_id, 4 attributes: `opentracing.ref_type`
 *
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger, jaegerproto_to_traces.go, which
 * drops a CHILD_OF with the parent's span id also where it is of another trace.
 */
export function writeLinks(out: SpanOutput, parts: SpanParts, parent: number): void {
  const { references, ids } = parts
  for (let row = 0; row < references.count; row++) {
    const entry = row + 1
    const isChild = references.numbers[row] === ReferenceType.childOf
    const unknown = references.unknownOf(row)
    // Without a parent its id is all zero, as in the source.
    const isParent = parent === noParent ? ids.isZeroSpan(entry) : ids.isSameSpan(entry, parent)
    if (isChild && unknown === undefined && isParent && ids.isSameTrace(entry, 0)) continue
    const kind = isChild ? childOf : followsFrom
    const length = idFieldsLength + kind.attribute.length + (unknown?.length ?? 0)
    out.head(0x6a, length)
    out.slice(0x0a, ids.bytes, ids.traceIdAt(entry), traceIdLength)
    out.slice(0x12, ids.bytes, ids.spanIdAt(entry), spanIdLength)
    out.raw(kind.attribute)
    out.terms?.addKey(keyState)
    out.terms?.addValue(kind.state)
    if (unknown !== undefined) out.raw(unknown)
  }
}

/** Two tags and lengths of one byte each. */
const idFieldsLength = 2 + traceIdLength + 2 + spanIdLength

const keyState = absorbText(levelState(TermLevel.link), TagName.referenceType)
const childOf = linkKind(ReferenceTypeText.childOf)
const followsFrom = linkKind(ReferenceTypeText.followsFrom)

/** The attribute of such a link as it is written, and the state behind its value. */
function linkKind(value: string): { readonly attribute: Uint8Array; readonly state: number } {
  const writer = new WireWriter()
  writeKeyValues(writer, 4, [{ key: TagName.referenceType, value: { kind: 'string', value } }])
  return { attribute: writer.finish(), state: absorbText(keyState, value) }
}

function absorbText(state: number, text: string): number {
  return absorb(state, Buffer.from(text), 0, text.length)
}
