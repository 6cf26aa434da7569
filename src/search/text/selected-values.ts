import type { AnyValue, KeyValue } from '../../../bridge/model/span.ts'
import type { FieldLevel } from '../../ports/span-query.ts'
import { fieldReference } from '../reference.ts'
import { SpanCursor } from '../span-cursor.ts'
import type { Value } from '../value.ts'
import type { Reference } from './syntax.ts'
import type { TraceFacts } from './trace-fields.ts'
import { traceFieldOf } from './trace-fields.ts'
import type { TraceSpans } from './trace-spans.ts'

/** What `select()` names. */
export interface SelectedValue {
  /** As it stands in the query: `span.http.method`. */
  readonly name: string
  readonly value: AnyValue
}

/**
 * The values that a span has of what was selected; what it has not is left out. Of several values
 * the first one; `.key` is looked for on the span, then its resource, scope, events and links.
 * Durations are integers of nanoseconds, times too. Long values are cut.
 */
export function selectedValues(
  trace: TraceSpans,
  span: number,
  selected: readonly Reference[],
  facts: TraceFacts,
): readonly SelectedValue[] {
  if (selected.length === 0) return []
  const cursor = new SpanCursor()
  const { batch, index } = trace.placeOf(span)
  cursor.move(batch, index)
  const found: SelectedValue[] = []
  for (const reference of selected) {
    const fact = traceFieldOf(reference.term)
    const value = fact ? valueOfFact(facts[fact]) : selectedValue(cursor, reference)
    if (value !== undefined) found.push({ name: reference.name, value: shortValue(value) })
  }
  return found
}

/**
 * The first value that the span has of an attribute or field; undefined of a field of the whole trace,
 * and when it has none.
 */
export function selectedValue(cursor: SpanCursor, { term }: Reference): AnyValue | undefined {
  if (traceFieldOf(term) !== undefined) return undefined
  if (term.kind === 'field') {
    let first: Value | undefined
    fieldReference(term).some(cursor, (value) => {
      first = value
      return true
    })
    return first && anyValueOf(first)
  }
  const levels = term.level === '' ? levelOrder : [term.level]
  for (const level of levels) {
    const entry = entriesAt[level](cursor).find(({ key }) => key === term.key)
    if (entry !== undefined) return entry.value ?? { kind: 'empty' }
  }
  return undefined
}

const levelOrder: readonly FieldLevel[] = ['span', 'resource', 'scope', 'event', 'link']

const entriesAt: Readonly<Record<FieldLevel, (cursor: SpanCursor) => readonly KeyValue[]>> = {
  span: (cursor) => cursor.span().attributes,
  resource: (cursor) => cursor.resource()?.attributes ?? [],
  scope: (cursor) => cursor.scope()?.attributes ?? [],
  event: (cursor) => cursor.events().flatMap((event) => event.attributes),
  link: (cursor) => cursor.links().flatMap((link) => link.attributes),
}

function valueOfFact(fact: TraceFacts[keyof TraceFacts]): AnyValue | undefined {
  if (fact === undefined) return undefined
  return typeof fact === 'string'
    ? { kind: 'string', value: fact }
    : { kind: 'int', value: BigInt(fact) }
}

function anyValueOf(value: Value): AnyValue {
  switch (value.kind) {
    case 'durationMicros':
      return { kind: 'int', value: BigInt(value.value) * 1000n }
    case 'timeUnixNano':
      return { kind: 'int', value: value.value }
    default:
      return value
  }
}

/** Characters of one text, bytes of one value, and elements of one list that an answer shows. */
const shownMax = 1024
const shownElements = 16

/** At most the first 1,024 characters. */
export function shortText(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

/** About how long the value is in a message. */
export function lengthOfValue(value: AnyValue): number {
  switch (value.kind) {
    case 'string':
    case 'bytes':
      return value.value.length
    case 'array':
      return value.value.reduce((sum, element) => sum + lengthOfValue(element), 0)
    default:
      return 8
  }
}

/** Lists are shown without what nests in them. */
function shortValue(value: AnyValue): AnyValue {
  switch (value.kind) {
    case 'string':
      return { kind: 'string', value: shortText(value.value) }
    case 'bytes':
      return { kind: 'bytes', value: value.value.subarray(0, shownMax) }
    case 'array': {
      const elements = value.value.slice(0, shownElements)
      return {
        kind: 'array',
        value: elements.map((one) => (isList(one) ? nothing : shortValue(one))),
      }
    }
    case 'kvlist':
      return nothing
    default:
      return value
  }
}

function isList({ kind }: AnyValue): boolean {
  return kind === 'array' || kind === 'kvlist'
}

const nothing: AnyValue = { kind: 'empty' }
