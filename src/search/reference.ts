import { hexOf } from '../../bridge/model/identifier.ts'
import type { KeyValue } from '../../bridge/model/span.ts'
import {
  durationMicros,
  GroupField,
  parentSpanIdBytes,
  SpanField,
  spanField,
  spanIdBytes,
  traceIdBytes,
} from '../../bridge/model/span-batch.ts'
import type { AttributeTerm, FieldLevel, FieldTerm } from '../ports/span-query.ts'
import type { SpanCursor } from './span-cursor.ts'
import type { Value, ValueTest } from './value.ts'
import { someScalar } from './value.ts'

/** What a reference of a query stands for on the span under the cursor. */
export interface Reference {
  /** True when `test` is true for one of its values. */
  some(cursor: SpanCursor, test: ValueTest): boolean
  /** True when it is there at all, also with a value that nothing compares with (a map). */
  exists(cursor: SpanCursor): boolean
  /** What reading it costs, for the order of conditions. */
  readonly cost: number
}

/** Costs of reading: a column, the group's resource or scope, the span's own bytes. */
export const Cost = { column: 1, group: 2, span: 4 } as const

/** Words of `span.kind` by number; others read as their number. */
export const kindWords = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
/** Words of `span.status` by number; others read as their number. */
export const statusWords = ['unset', 'ok', 'error']

/** An attribute by key, at one level or at any. All entries of that key count. */
export function attributeReference(term: AttributeTerm): Reference {
  const key = Buffer.from(term.key)
  const levels = term.level === '' ? everyLevel : [term.level]
  const walk = (cursor: SpanCursor, visit: (entry: KeyValue) => boolean): boolean =>
    levels.some((level) =>
      entriesAt[level](cursor, key, (entry) => entry.key === term.key && visit(entry)),
    )
  return {
    some: (cursor, test) => walk(cursor, (entry) => someScalar(entry.value, test)),
    exists: (cursor) => walk(cursor, () => true),
    cost: term.level === 'resource' || term.level === 'scope' ? Cost.group : Cost.span,
  }
}

/** A built-in field. A text that is empty counts as absent, as on the wire. */
export function fieldReference(term: FieldTerm): Reference {
  const field = fields[`${term.level}.${term.name}`]
  if (field === undefined) throw new TypeError(`Cannot read field: no ${term.level}.${term.name}`)
  return {
    some: field.some,
    exists: (cursor) => field.some(cursor, () => true),
    cost: field.cost,
  }
}

type EntryVisit = (entry: KeyValue) => boolean
type EntryWalk = (cursor: SpanCursor, key: Buffer, visit: EntryVisit) => boolean

const everyLevel: readonly FieldLevel[] = ['resource', 'scope', 'span', 'event', 'link']

const entriesAt: Readonly<Record<FieldLevel, EntryWalk>> = {
  resource: (cursor, _key, visit) => cursor.resource()?.attributes.some(visit) ?? false,
  scope: (cursor, _key, visit) => cursor.scope()?.attributes.some(visit) ?? false,
  span: (cursor, key, visit) => cursor.mentions(key) && cursor.span().attributes.some(visit),
  event: (cursor, key, visit) =>
    cursor.mentions(key) && cursor.events().some((event) => event.attributes.some(visit)),
  link: (cursor, key, visit) =>
    cursor.mentions(key) && cursor.links().some((link) => link.attributes.some(visit)),
}

interface Field {
  readonly cost: number
  readonly some: (cursor: SpanCursor, test: ValueTest) => boolean
}

const fields: Readonly<Record<string, Field>> = {
  'span.traceID': text(Cost.column, (cursor) => hexOf(traceIdBytes(cursor.batch, cursor.index))),
  'span.spanID': text(Cost.column, (cursor) => hexOf(spanIdBytes(cursor.batch, cursor.index))),
  'span.parentSpanID': text(Cost.column, (cursor) => {
    const parent = parentSpanIdBytes(cursor.batch, cursor.index)
    return parent === undefined ? '' : hexOf(parent)
  }),
  'span.traceState': text(Cost.span, (cursor) => cursor.span().traceState),
  'span.name': text(Cost.column, (cursor) => cursor.name()),
  'span.kind': text(Cost.column, (cursor) => word(kindWords, cursor, SpanField.kind)),
  'span.status': text(Cost.column, (cursor) => word(statusWords, cursor, SpanField.statusCode)),
  'span.statusMessage': text(Cost.span, (cursor) => cursor.span().status?.message ?? ''),
  'span.startTime': one(Cost.span, (cursor) => time(cursor.span().startUnixNano)),
  'span.endTime': one(Cost.span, (cursor) => time(cursor.span().endUnixNano)),
  'span.duration': one(Cost.column, (cursor) => ({
    kind: 'durationMicros',
    value: durationMicros(cursor.batch, cursor.index),
  })),
  'resource.service': text(Cost.column, (cursor) => cursor.service()),
  'resource.schemaURL': text(Cost.column, (cursor) =>
    cursor.groupText(GroupField.resourceSchemaUrl),
  ),
  'scope.name': text(Cost.group, (cursor) => cursor.scope()?.name ?? ''),
  'scope.version': text(Cost.group, (cursor) => cursor.scope()?.version ?? ''),
  'scope.schemaURL': text(Cost.column, (cursor) => cursor.groupText(GroupField.scopeSchemaUrl)),
  'event.name': eachText(
    (cursor) => cursor.events(),
    (event) => event.name,
  ),
  'event.time': {
    cost: Cost.span,
    some: (cursor, test) => cursor.events().some((event) => test(time(event.timeUnixNano))),
  },
  'event.timeSinceStart': {
    cost: Cost.span,
    some: (cursor, test) => {
      const start = cursor.span().startUnixNano
      const since = (nano: bigint): Value => ({
        kind: 'durationMicros',
        value: (nano - start) / 1000n,
      })
      return cursor.events().some((event) => test(since(event.timeUnixNano)))
    },
  },
  'link.traceID': eachText(
    (cursor) => cursor.links(),
    (link) => hexOf(link.traceId),
  ),
  'link.spanID': eachText(
    (cursor) => cursor.links(),
    (link) => hexOf(link.spanId),
  ),
  'link.traceState': eachText(
    (cursor) => cursor.links(),
    (link) => link.traceState,
  ),
}

function one(cost: number, read: (cursor: SpanCursor) => Value): Field {
  return { cost, some: (cursor, test) => test(read(cursor)) }
}

function text(cost: number, read: (cursor: SpanCursor) => string): Field {
  return { cost, some: (cursor, test) => testText(read(cursor), test) }
}

function eachText<Element>(
  elements: (cursor: SpanCursor) => readonly Element[],
  read: (element: Element) => string,
): Field {
  return {
    cost: Cost.span,
    some: (cursor, test) => elements(cursor).some((element) => testText(read(element), test)),
  }
}

function testText(value: string, test: ValueTest): boolean {
  return value !== '' && test({ kind: 'string', value })
}

function time(value: bigint): Value {
  return { kind: 'timeUnixNano', value }
}

function word(words: readonly string[], cursor: SpanCursor, field: number): string {
  const code = spanField(cursor.batch, cursor.index, field)
  return words[code] ?? String(code)
}
