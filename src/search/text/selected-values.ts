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
 * Durations are integers of nanoseconds, times too.
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
    if (value !== undefined) found.push({ name: reference.name, value })
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
