import { hexOf } from '../../../bridge/model/identifier.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { TraceRef } from '../../ports/span-store.ts'
import { archiveTrace } from '../archive-trace.ts'
import { badField } from '../bad-field.ts'
import { cursorParameter, readPage } from '../http/cursor.ts'
import type { Endpoint, EndpointCall, ParameterDoc } from '../http/endpoint.ts'
import { jsonPieces } from '../http/json-pieces.ts'
import { decodedPercents } from '../http/query-string.ts'
import { readBoolean } from '../http/read-parameter.ts'
import { textParameter, withText } from '../http/read-text.ts'
import { readTraceId } from '../http/read-trace-id.ts'
import type { Reads } from '../http/reads.ts'
import { boolean, integer, named, text } from '../http/schema.ts'
import { traceWindowOf } from '../read-time.ts'
import { describeInEnvelope, envelopedList } from './envelope.ts'
import {
  conditionNames,
  readMicros,
  readTraceSearch,
  searchParameters,
} from './read-trace-search.ts'
import { tracesByIds, tracesFound } from './trace-pieces.ts'

const describe = describeInEnvelope

const raw: ParameterDoc = {
  name: 'raw',
  schema: boolean,
  doc: 'Spans as they are stored, nothing adjusted.',
}

const traceWindow: readonly ParameterDoc[] = [
  {
    name: 'start',
    schema: { ...integer, minimum: 0 },
    doc: 'No span of the trace began earlier, µs since the epoch; helps to look in fewer places.',
  },
  { name: 'end', schema: { ...integer, minimum: 0 }, doc: 'No span of it began later.' },
]

/**
 * Traces in the JSON of Jaeger's user interface, by search and by id.
 *
 * Source: jaeger v2.20.0, http_handler.go; docs/differences.md.
 */
export function traceEndpoints(reads: Reads): Endpoint[] {
  const { tenant } = reads
  const source = ({ query, signal }: EndpointCall) => ({
    store: isRaw(query.first('raw')) ? reads.stored : reads.shown,
    texts: reads.texts,
    tenant,
    signal,
  })
  const search: Endpoint = {
    method: 'GET',
    path: '/api/traces',
    operationId: 'findTraces',
    doc: 'Traces that have a span on which all conditions hold, or that match a query text, or the traces of these ids.',
    parameters: [
      ...searchParameters,
      textParameter,
      cursorParameter,
      raw,
      {
        name: 'traceID',
        schema: text,
        doc: 'Id of a trace in hex; with it nothing else is looked at but `raw`. One that is not there is listed in `errors`.',
        repeated: true,
      },
    ],
    answer: named('TracesEnvelope'),
    failures: [],
    describe,
    answers(call) {
      const ids = call.query.all('traceID')
      if (ids.length === 0) {
        const conditions = readTraceSearch(call.query, reads)
        const search = withText(call.query, conditions, conditionNames)
        const page = readPage(call.query, search, reads.searchDepthMax)
        return envelopedList(tracesFound(source(call), page))
      }
      if (ids.length > reads.searchDepthMax) {
        throw badField('traceID', `is there ${ids.length} times, at most ${reads.searchDepthMax}`)
      }
      return envelopedList(tracesByIds(source(call), tracesOf(ids)))
    },
  }
  const byId: Endpoint = {
    method: 'GET',
    path: '/api/traces/{traceId}',
    operationId: 'getTrace',
    doc: 'One trace.',
    segmentDoc: 'Id of the trace: 1 to 32 hex digits, or base64 of its bytes.',
    parameters: [...traceWindow, raw],
    answer: named('TracesEnvelope'),
    failures: [404],
    describe,
    async answers(call) {
      const trace = readTraceRef(call)
      const given = source(call)
      const texts = tracesByIds(given, [trace])
      const first = await texts.next()
      if (first.done === true) throw traceNotFound()
      return envelopedList(resumed(first.value, texts))
    },
  }
  return [search, byId, archiveEndpoint(reads)]
}

function archiveEndpoint({ stored: store, tenant }: Reads): Endpoint {
  return {
    method: 'POST',
    path: '/api/archive/{traceId}',
    operationId: 'archiveTrace',
    doc: 'Keeps a trace for good, beside the store whose spans expire; 501 where there is no archive.',
    segmentDoc: 'Id of the trace.',
    parameters: traceWindow,
    answer: named('TracesEnvelope'),
    failures: [404, 501],
    describe,
    async answers(call) {
      const { signal } = call
      await archiveTrace({ store, tenant, signal }, readTraceRef(call), traceNotFound)
      return jsonPieces({ data: [], total: 0, limit: 0, offset: 0, errors: [] })
    },
  }
}

/** Each once, however its id is written. */
function tracesOf(ids: readonly string[]): readonly TraceRef[] {
  const traceIds = ids.map((id) => readTraceId(id, 'traceID'))
  const byText = new Map(traceIds.map((traceId) => [hexOf(traceId), { traceId }]))
  return [...byText.values()]
}

function readTraceRef({ segment, query }: EndpointCall): TraceRef {
  const traceId = readTraceId(decodedPercents(segment), 'traceID')
  const start = readMicros(query, 'start')
  const end = readMicros(query, 'end')
  return { traceId, ...traceWindowOf({ start, end }, { start: 'start', end: 'end' }) }
}

function isRaw(given: { readonly name: string; readonly text: string } | undefined): boolean {
  return given !== undefined && readBoolean(given)
}

/** In Jaeger's words. */
function traceNotFound(): GatewayError {
  return new GatewayError('not_found', 'trace not found')
}

/** A generator of which the first value was taken. */
async function* resumed<T, Result>(
  first: T,
  rest: AsyncGenerator<T, Result, void>,
): AsyncGenerator<T, Result, void> {
  yield first
  return yield* rest
}
