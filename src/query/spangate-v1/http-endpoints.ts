import { boundText } from '../../search/bound-text.ts'
import type { FoundText } from '../../search/text/search-text.ts'
import { describeV3 } from '../api-v3/http-failure.ts'
import { badField } from '../bad-field.ts'
import type { Page } from '../http/cursor.ts'
import { cursorParameter, pageOf, readPage } from '../http/cursor.ts'
import { endMembers } from '../http/end-members.ts'
import type { Endpoint, EndpointCall, ParameterDoc } from '../http/endpoint.ts'
import { inLargerPieces, jsonPieces } from '../http/json-pieces.ts'
import type { QueryString } from '../http/query-string.ts'
import { readInteger, readTime } from '../http/read-parameter.ts'
import { readingText, textParameter } from '../http/read-text.ts'
import type { Reads } from '../http/reads.ts'
import { integer, named, text } from '../http/schema.ts'
import { foundTraceJson, nameJson, valueJson } from './found-json.ts'
import type { AttributeList } from './list-attributes.ts'
import { listNames, listValues } from './list-attributes.ts'
import type { TextNames, TextWindow } from './read-text-search.ts'
import { readTextSearch, textDefaults, textMost } from './read-text-search.ts'

const describe = describeV3

const names: TextNames = {
  query: textParameter.name,
  limit: 'limit',
  spansPerTrace: 'spansPerTrace',
  min: 'startTimeMin',
  max: 'startTimeMax',
}

const int32Range = { min: -(2 ** 31), max: 2 ** 31 - 1 }
const time = { type: 'string', format: 'date-time' } as const

const windowParameters: readonly ParameterDoc[] = [
  {
    name: names.min,
    schema: time,
    doc: 'The earliest start of a span of the result; as far back as spans are kept when it is left out.',
  },
  { name: names.max, schema: time, doc: 'Where the window ends, not included.' },
]

/** spangate.v1.TraceSearchService as HTTP, in proto3's JSON mapping: what no standard has. */
export function textEndpoints(reads: Reads): Endpoint[] {
  return [tracesByText(reads), attributeNames(reads), attributeValues(reads)]
}

function tracesByText({ texts, searchDepthMax }: Reads): Endpoint {
  return {
    method: 'GET',
    path: '/api/spangate/v1/traces',
    operationId: 'findByText',
    doc: 'Traces that match a query text, each with spans of the result and what the text selects.',
    parameters: [
      { ...textParameter, doc: 'The query text.', required: true },
      ...windowParameters,
      limitParameter(textDefaults.traces, 'Most traces, the newest first; 0 is the default.'),
      {
        name: names.spansPerTrace,
        schema: { ...integer, minimum: 0, maximum: textMost.spans, default: textDefaults.spans },
        doc: 'Most spans of each trace that are listed; all are counted. Times all traces up to the end of the page at most 50,000.',
      },
      cursorParameter,
    ],
    answer: named('FoundTexts'),
    failures: [],
    describe,
    answers({ query, signal }) {
      const source = query.text(names.query)
      const asked = {
        query: source,
        ...windowOf(query),
        limit: limitOf(query, names.limit),
        spansPerTrace: limitOf(query, names.spansPerTrace),
      }
      const tracesMax = Math.min(texts.candidatesMax, searchDepthMax)
      const search = readingText(names.query, () => readTextSearch(asked, names, tracesMax))
      const { compiled, spansMax, ...window } = search
      const page = readPage(query, { ...window, text: { source, compiled } }, tracesMax)
      if (page.query.limit * spansMax > textMost.answerSpans) {
        const state = `is ${spansMax} of ${page.query.limit} traces, must be at most ${textMost.answerSpans} in all`
        throw badField(names.spansPerTrace, state)
      }
      const { text: _text, filter: _filter, ...paged } = page.query
      return inLargerPieces(foundTexts(texts.find({ ...paged, compiled, spansMax }, signal), page))
    },
  }
}

/** `{"traces":[...]}`, each as it is found. */
async function* foundTexts(
  found: AsyncIterable<FoundText>,
  page: Page,
): AsyncGenerator<string, void, void> {
  yield '{"traces":['
  let count = page.skip
  for await (const entry of pageOf(found, page.skip)) {
    if (entry.kind === 'end') {
      yield `]${endMembers(entry.bound ?? page.boundAt(count), page.nextCursor(count))}}`
      return
    }
    yield (count > page.skip ? ',' : '') + JSON.stringify(foundTraceJson(entry))
    count += 1
  }
  yield ']}'
}

const listLimit = limitParameter(
  textDefaults.list,
  'Most entries, the most frequent first; 0 is the default.',
)
const onlyMatching: ParameterDoc = {
  ...textParameter,
  doc: 'Only of traces that can match this query text.',
}

function attributeNames({ texts }: Reads): Endpoint {
  return {
    method: 'GET',
    path: '/api/spangate/v1/attribute-names',
    operationId: 'listAttributeNames',
    doc: 'Names of attributes that the newest traces have, as a query text has them, for completion.',
    parameters: [onlyMatching, ...windowParameters, listLimit],
    answer: named('AttributeNames'),
    failures: [],
    describe,
    async answers(call) {
      const list = await listing(call, (asked) => listNames(texts, asked, names, call.signal))
      return jsonPieces({ names: list.items.map(nameJson), ...endOf(list) })
    },
  }
}

function attributeValues({ texts }: Reads): Endpoint {
  return {
    method: 'GET',
    path: '/api/spangate/v1/attribute-values',
    operationId: 'listAttributeValues',
    doc: 'Values that the spans of the newest traces have of one attribute or field, for completion.',
    parameters: [
      {
        name: 'name',
        schema: text,
        doc: 'As a query text has it: `span.http.method`, `.key`, `name`.',
        required: true,
      },
      onlyMatching,
      ...windowParameters,
      listLimit,
    ],
    answer: named('AttributeValues'),
    failures: [],
    describe,
    async answers(call) {
      const name = call.query.text('name')
      const list = await listing(call, (asked) => {
        return listValues(texts, { ...asked, name }, names, call.signal)
      })
      return jsonPieces({ values: list.items.map(valueJson), ...endOf(list) })
    },
  }
}

interface AskedList extends TextWindow {
  readonly query: string
  readonly limit: number
}

async function listing<Item>(
  { query }: EndpointCall,
  list: (asked: AskedList) => Promise<AttributeList<Item>>,
): Promise<AttributeList<Item>> {
  const asked = {
    query: query.text(names.query),
    ...windowOf(query),
    limit: limitOf(query, names.limit),
  }
  return list(asked)
}

function endOf({ traceCount, bound }: AttributeList<unknown>): object {
  return { traceCount, ...(bound && { searchBound: boundText(bound) }) }
}

function limitParameter(standard: number, doc: string): ParameterDoc {
  return { name: names.limit, schema: { ...integer, minimum: 0, default: standard }, doc }
}

function limitOf(query: QueryString, name: string): number {
  const given = query.first(name)
  return given === undefined ? 0 : readInteger(given, int32Range)
}

function windowOf(query: QueryString): TextWindow {
  const [min, max] = [names.min, names.max].map((name) => {
    const given = query.first(name)
    return given === undefined ? undefined : readTime(given)
  })
  return { minNano: min, maxNano: max }
}
