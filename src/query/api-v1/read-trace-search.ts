import { GatewayError } from '../../errors/gateway-error.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import { quoted } from '../bad-field.ts'
import type { ParameterDoc } from '../http/endpoint.ts'
import type { QueryString } from '../http/query-string.ts'
import { readDuration, readInteger } from '../http/read-parameter.ts'
import { stringsOf } from '../http/read-strings.ts'
import { integer, text } from '../http/schema.ts'
import type { SearchNames } from '../read-search.ts'
import { searchDepthDefault, searchOf } from '../read-search.ts'

/** How far back a search goes that does not say when it begins. */
const lookbackMs = 48 * 3_600_000

const names: SearchNames = {
  service: 'service',
  operation: 'operation',
  attributes: 'tag',
  minNano: 'start',
  maxNano: 'end',
  durationMinNano: 'minDuration',
  durationMaxNano: 'maxDuration',
  depth: 'limit',
}

/** What a query text has instead. */
export const conditionNames: readonly string[] = [
  names.service,
  names.operation,
  names.attributes,
  'tags',
  names.durationMinNano,
  names.durationMaxNano,
]

/** A moment of the epoch's next 280 centuries: a start of a span in µs stays a safe integer. */
const microsRange = { min: 0, max: Number.MAX_SAFE_INTEGER }
const int32Range = { min: -(2 ** 31), max: 2 ** 31 - 1 }

/** Documents `readTraceSearch`. */
export const searchParameters: readonly ParameterDoc[] = [
  { name: 'service', schema: text, doc: 'Name of a service; of all of them when it is left out.' },
  { name: 'operation', schema: text, doc: 'Name of a span.' },
  {
    name: 'start',
    schema: { ...integer, minimum: 0 },
    doc: 'The earliest start of a matching span, µs since the epoch; 48 hours before the end when it is left out.',
  },
  {
    name: 'end',
    schema: { ...integer, minimum: 0 },
    doc: 'Where the window ends, µs since the epoch, not included; now when it is left out.',
  },
  {
    name: 'limit',
    schema: { ...integer, minimum: 0, default: searchDepthDefault },
    doc: 'Most traces, the newest first; 0 is the default.',
  },
  {
    name: 'minDuration',
    schema: text,
    doc: 'Least duration of a matching span: `1.2s`, `100ms`, `500us`.',
  },
  { name: 'maxDuration', schema: text, doc: 'Most duration of a matching span.' },
  {
    name: 'tag',
    schema: text,
    doc: 'An attribute and its value, `key:value`. All conditions hold on one span.',
    repeated: true,
  },
  {
    name: 'tags',
    schema: text,
    doc: 'Attributes as a JSON object whose values are strings; of the same keys they replace those of `tag`.',
  },
]

/**
 * The search that `GET /api/traces` asks for.
 *
 * Source: jaeger v2.20.0, query_parser.go.
 *
 * @throws GatewayError 'invalid_argument' naming the parameter, where Jaeger has words in those
 */
export function readTraceSearch(
  query: QueryString,
  { searchDepthMax, now }: { readonly searchDepthMax: number; readonly now: () => number },
): SpanQuery {
  const nowMs = now()
  const minNano = readMicros(query, 'start')
  const maxNano = readMicros(query, 'end') ?? BigInt(nowMs) * nanoPerMs
  const durationMinNano = durationOf(query, 'minDuration')
  const durationMaxNano = durationOf(query, 'maxDuration')
  if ((durationMaxNano ?? durationMinNano ?? 0n) < (durationMinNano ?? 0n)) {
    const message = "'maxDuration' should be greater than 'minDuration'"
    throw new GatewayError('invalid_argument', message, { field: 'maxDuration' })
  }
  const conditions = {
    service: query.text('service'),
    operation: query.text('operation'),
    attributes: readTags(query),
    minNano: minNano ?? earlier(maxNano, nowMs) - BigInt(lookbackMs) * nanoPerMs,
    maxNano,
    durationMinNano,
    durationMaxNano,
    depth: readLimit(query),
  }
  return searchOf(conditions, names, { timesRequired: false, searchDepthMax })
}

function earlier(nano: bigint, nowMs: number): bigint {
  const now = BigInt(nowMs) * nanoPerMs
  return nano < now ? nano : now
}

/** µs since the epoch, as ns. @throws GatewayError 'invalid_argument' */
export function readMicros(query: QueryString, name: string): bigint | undefined {
  const given = query.first(name)
  return given === undefined ? undefined : BigInt(readInteger(given, microsRange)) * nanoPerMicro
}

function readLimit(query: QueryString): number {
  const given = query.first('limit')
  return given === undefined ? 0 : readInteger(given, int32Range)
}

function durationOf(query: QueryString, name: string): bigint | undefined {
  const given = query.first(name)
  return given === undefined ? undefined : readDuration(given)
}

function readTags(query: QueryString): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const tag of query.all('tag')) {
    const colon = tag.indexOf(':')
    if (colon < 0) throw malformed('tag', 'key:value', tag)
    tags.set(tag.slice(0, colon), tag.slice(colon + 1))
  }
  for (const json of query.all('tags')) {
    for (const [key, value] of stringsOf(json, 'tags')) tags.set(key, value)
  }
  return tags
}

function malformed(name: string, expected: string, received: string): GatewayError {
  const message = `malformed '${name}' parameter, expecting ${expected}, received: ${quoted(received).slice(1, -1)}`
  return new GatewayError('invalid_argument', message, { field: name })
}

const nanoPerMicro = 1000n
const nanoPerMs = 1_000_000n
