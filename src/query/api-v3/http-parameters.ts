import type { SpanQuery } from '../../ports/span-query.ts'
import type { TraceRef } from '../../ports/span-store.ts'
import type { ParameterDoc } from '../http/endpoint.ts'
import { parseFilter } from '../http/parse-filter.ts'
import type { QueryString } from '../http/query-string.ts'
import type { NamedText } from '../http/read-parameter.ts'
import { readBoolean, readDuration, readInteger, readTime } from '../http/read-parameter.ts'
import { stringsOf } from '../http/read-strings.ts'
import { readTraceId } from '../http/read-trace-id.ts'
import type { Schema } from '../http/schema.ts'
import { boolean, integer, text } from '../http/schema.ts'
import type { SearchNames } from '../read-search.ts'
import { filteredSearchOf, searchDepthDefault, searchOf } from '../read-search.ts'
import { traceWindowOf } from '../read-time.ts'

/** The names of one parameter: that of the JSON mapping, that of the proto, and older ones. */
type Spellings = readonly [string, ...string[]]

const search = {
  service: ['query.serviceName', 'query.service_name'],
  operation: ['query.operationName', 'query.operation_name'],
  attributes: ['query.attributes'],
  minNano: ['query.startTimeMin', 'query.start_time_min'],
  maxNano: ['query.startTimeMax', 'query.start_time_max'],
  durationMinNano: ['query.durationMin', 'query.duration_min'],
  durationMaxNano: ['query.durationMax', 'query.duration_max'],
  depth: ['query.searchDepth', 'query.search_depth', 'query.num_traces'],
} as const satisfies Record<keyof SearchNames, Spellings>
const rawSearch = ['query.rawTraces', 'query.raw_traces'] as const
const filter = ['query.filter'] as const
const trace = {
  start: ['startTime', 'start_time'],
  end: ['endTime', 'end_time'],
  raw: ['rawTraces', 'raw_traces'],
} as const satisfies Record<string, Spellings>

const time: Schema = { type: 'string', format: 'date-time' }
const int32Range = { min: -(2 ** 31), max: 2 ** 31 - 1 }

/** What a query text has instead. */
export const conditionNamesV3: readonly string[] = [
  ...search.service,
  ...search.operation,
  ...search.attributes,
  ...search.durationMinNano,
  ...search.durationMaxNano,
  ...filter,
]

/** Documents `readHttpSearch` and `isRawSearch`. */
export const searchParametersV3: readonly ParameterDoc[] = [
  ...documented(search.service, text, 'Name of a service; of all of them when it is left out.'),
  ...documented(search.operation, text, 'Name of a span.'),
  ...documented(search.attributes, text, 'Attributes as a JSON object whose values are texts.'),
  ...documented(search.minNano, time, 'The earliest start of a matching span. Required.'),
  ...documented(search.maxNano, time, 'Where the window ends, not included. Required.'),
  ...documented(
    search.durationMinNano,
    text,
    'Least duration of a matching span: `1.2s`, `100ms`.',
  ),
  ...documented(search.durationMaxNano, text, 'Most duration of a matching span.'),
  ...documented(
    search.depth,
    { ...integer, minimum: 0, default: searchDepthDefault },
    'Most traces, the newest first; 0 is the default.',
  ),
  ...documented(
    filter,
    text,
    'A condition as a tree, jaeger.expression.v1.Call in JSON; instead of all but the window and the depth.',
  ),
  ...documented(rawSearch, boolean, 'Spans as they are stored, nothing adjusted.'),
]

/** Documents `readHttpTraceRef` and `isRawTrace`. */
export const traceParametersV3: readonly ParameterDoc[] = [
  ...documented(
    trace.start,
    time,
    'No span of the trace began earlier; helps to look in fewer places.',
  ),
  ...documented(trace.end, time, 'No span of it began later.'),
  ...documented(trace.raw, boolean, 'Spans as they are stored, nothing adjusted.'),
]

function documented(names: Spellings, schema: Schema, doc: string): ParameterDoc[] {
  const [first] = names
  return names.map((name) => ({
    name,
    schema,
    doc: name === first ? doc : `The same as \`${first}\`.`,
  }))
}

/**
 * The search that `GET /api/v3/traces` and `GET /api/v3/trace-summaries` ask for.
 *
 * @throws GatewayError 'invalid_argument' with the parameter as it was spelled
 */
export function readHttpSearch(query: QueryString, searchDepthMax: number): SpanQuery {
  const given = (names: Spellings) => query.first(...names)
  const names = Object.fromEntries(
    Object.entries(search).map(([key, names]) => [key, given(names)?.name ?? names[0]]),
  ) as unknown as SearchNames
  const conditions = {
    service: given(search.service)?.text ?? '',
    operation: given(search.operation)?.text ?? '',
    attributes: readAttributes(given(search.attributes)),
    minNano: optional(given(search.minNano), readTime),
    maxNano: optional(given(search.maxNano), readTime),
    durationMinNano: optional(given(search.durationMinNano), readDuration),
    durationMaxNano: optional(given(search.durationMaxNano), readDuration),
    depth: optional(given(search.depth), (depth) => readInteger(depth, int32Range)) ?? 0,
  }
  const rules = { timesRequired: true, searchDepthMax }
  const tree = given(filter)
  if (tree === undefined) return searchOf(conditions, names, rules)
  return filteredSearchOf(conditions, parseFilter(tree.text, tree.name), names, rules)
}

/** Whether a search asks for spans as they are stored. @throws GatewayError 'invalid_argument' */
export function isRawSearch(query: QueryString): boolean {
  return optional(query.first(...rawSearch), readBoolean) ?? false
}

/** The same of one trace. @throws GatewayError 'invalid_argument' */
export function isRawTrace(query: QueryString): boolean {
  return optional(query.first(...trace.raw), readBoolean) ?? false
}

/** @throws GatewayError 'invalid_argument' with the parameter as it was spelled */
export function readHttpTraceRef(query: QueryString, id: string): TraceRef {
  const start = query.first(...trace.start)
  const end = query.first(...trace.end)
  const names = { start: start?.name ?? trace.start[0], end: end?.name ?? trace.end[0] }
  const window = { start: optional(start, readTime), end: optional(end, readTime) }
  return { traceId: readTraceId(id, 'trace_id'), ...traceWindowOf(window, names) }
}

function optional<T>(given: NamedText | undefined, read: (given: NamedText) => T): T | undefined {
  return given === undefined ? undefined : read(given)
}

function readAttributes(given: NamedText | undefined): ReadonlyMap<string, string> {
  return given === undefined ? new Map() : stringsOf(given.text, given.name)
}
