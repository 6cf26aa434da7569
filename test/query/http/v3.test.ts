import t from 'tap'
import { decodeJsonRequest } from '../../../bridge/otlp/decode-json.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import type { SpanQuery } from '../../../src/ports/span-query.ts'
import type { TraceRef } from '../../../src/ports/span-store.ts'
import { queryOfLegacy } from '../../../src/search/legacy-query.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { startHttpApi } from '../http-port.ts'
import { scriptedStore, storeOfTraces } from '../scripted-store.ts'

const window =
  'query.startTimeMin=2026-01-31T12:00:00Z&query.startTimeMax=2026-01-31T13:00:00.000001Z'
const windowMicros = { minMicros: 1_769_860_800_000_000, maxMicros: 1_769_864_400_000_001 }

t.test('GET /api/v3/services and operations list names', async (t) => {
  const asked: unknown[] = []
  const store = scriptedStore({
    services: async () => ['a', 'b'],
    operations: async (_tenant, service, kind) => {
      asked.push([service, kind])
      return [
        { name: 'x', spanKind: 2 },
        { name: 'y', spanKind: 0 },
      ]
    },
  })
  const { ask } = await startHttpApi(t, store)
  t.strictSame((await ask('/api/v3/services')).json, { services: ['a', 'b'] })
  const operations = [
    { name: 'x', spanKind: 'server' },
    { name: 'y', spanKind: 'internal' },
  ]
  for (const parameters of [
    'service=a',
    'service=a&spanKind=client',
    'service=a&span_kind=client',
  ]) {
    t.strictSame((await ask(`/api/v3/operations?${parameters}`)).json, { operations })
  }
  t.strictSame(asked, [
    ['a', undefined],
    ['a', 3],
    ['a', 3],
  ])
})

/** Parameters beside the window, and what the store is asked. */
const searches: readonly (readonly [string, Partial<SpanQuery>])[] = [
  ['', {}],
  ['query.searchDepth=0', {}],
  ['query.searchDepth=7', { limit: 7 }],
  ['query.search_depth=7', { limit: 7 }],
  ['query.num_traces=7', { limit: 7 }],
  ['query.serviceName=a&query.operationName=b', queried({ service: 'a', operation: 'b' })],
  ['query.service_name=a&query.operation_name=b', queried({ service: 'a', operation: 'b' })],
  ['query.attributes=%7B%22a%22%3A%22b%22%7D', queried({ attributes: new Map([['a', 'b']]) })],
  [
    'query.durationMin=1ms&query.durationMax=1s',
    queried({ durationMinNano: 1_000_000n, durationMaxNano: 1_000_000_000n }),
  ],
  ['query.duration_min=1ms', queried({ durationMinNano: 1_000_000n })],
  ['query.rawTraces=true', {}],
]

t.test(
  'GET /api/v3/traces and trace-summaries ask the store for what their parameters say',
  async (t) => {
    const asked: SpanQuery[] = []
    const find = async function* (_tenant: string, query: SpanQuery) {
      asked.push(query)
      yield { kind: 'end', bound: undefined } as const
    }
    const { ask } = await startHttpApi(t, scriptedStore({ find, summaries: find }))
    for (const [parameters, query] of searches) {
      const expected = { ...windowMicros, limit: 100, ...query }
      t.equal((await ask(`/api/v3/traces?${window}&${parameters}`)).status, 404)
      t.strictSame(asked.pop(), expected, parameters)
      const { status, json } = await ask(`/api/v3/trace-summaries?${window}&${parameters}`)
      t.equal(status, 200)
      t.strictSame(json, { summaries: [] })
      t.strictSame(asked.pop(), expected, parameters)
    }
    const snake = window.replace('TimeMin', '_time_min').replace('TimeMax', '_time_max')
    await ask(`/api/v3/traces?${snake}`)
    t.match(asked.pop(), windowMicros)
    const ever = 'query.startTimeMin=0001-01-01T00:00:00Z&query.startTimeMax=9999-12-31T23:59:59Z'
    t.equal((await ask(`/api/v3/trace-summaries?${ever}`)).status, 200)
    t.match(asked.pop(), {
      minMicros: Number.MIN_SAFE_INTEGER,
      maxMicros: Number.MAX_SAFE_INTEGER,
    })
    // As Grafana's data source has it where its clock is not UTC: its plus is not encoded.
    for (const plus of ['+', '%2B', '%20']) {
      await ask(`/api/v3/traces?${window.replace(/12:(.*)Z&/, `13:$1${plus}01:00&`)}`)
      t.match(asked.pop(), windowMicros, plus)
    }
  },
)

t.test('GET /api/v3/traces/{traceId} gives OTLP JSON of all parts', async (t) => {
  const parts = [1, 2].map((id) => {
    const span = sampleSpan({ trace: 1, id, attributes: { n: 2n ** 60n }, kind: id - 1 })
    return sampleBatch([sampleGroup([span])], 0)
  })
  const asked: TraceRef[] = []
  const { trace: read } = storeOfTraces([parts])
  const store = scriptedStore({
    trace: (tenant, trace, signal) => {
      asked.push(trace)
      return read(tenant, trace, signal)
    },
  })
  const { ask } = await startHttpApi(t, store)
  const { status, headers, json } = await ask('/api/v3/traces/1')
  t.equal(status, 200)
  t.equal(headers.get('content-type'), 'application/json')
  const { result } = json as { result: { resourceSpans: readonly never[] } }
  t.equal(result.resourceSpans.length, 2)
  t.match(result.resourceSpans[0], {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: '00000000000000000000000000000001',
            spanId: '0000000000000001',
            attributes: [{ key: 'n', value: { intValue: '1152921504606846976' } }],
            status: {},
          },
        ],
      },
    ],
  })
  const [group] = (json as Found).result.resourceSpans
  const [span = {}] = group?.scopeSpans[0]?.spans ?? []
  t.notOk('parentSpanId' in span)
  t.notOk('kind' in span)
  const read2 = decodeJsonRequest(Buffer.from(JSON.stringify(result)), { arrivalUnixMs: 0 })
  t.same(read2.rejected, [])
  t.ok(encodeTracesData(read2.batch).length > 0)
  const times = 'startTime=2026-01-31T12:00:00Z&endTime=2026-01-31T12:00:00.0000015Z'
  for (const parameters of [times, times.replaceAll('Time', '_time'), `${times}&rawTraces=true`]) {
    await ask(`/api/v3/traces/${'ab'.repeat(16)}?${parameters}`)
    const { minMicros } = windowMicros
    t.match(asked.pop(), { minMicros, maxMicros: minMicros + 2 })
  }
})

t.test('GET /api/v3/traces puts all traces into one list', async (t) => {
  const traces = [1, 2, 3].map((trace) => [
    sampleBatch([sampleGroup([sampleSpan({ trace, id: 1 })])], 0),
  ])
  const { ask } = await startHttpApi(t, storeOfTraces(traces))
  const { json } = await ask(`/api/v3/traces?${window}`)
  const ids = (json as Found).result.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => Number(traceId))),
  )
  t.same(ids, [1, 2, 3])
  t.strictSame(Object.keys(json as Found), ['result'])
})

interface Found {
  result: { resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[] }
}

t.test('GET /api/v3/trace-summaries leaves out what is 0 or empty', async (t) => {
  const rest = { rootServiceName: 'a', rootOperationName: '', minStartUnixNano: 5n }
  const store = scriptedStore({
    summaries: async function* () {
      yield {
        kind: 'summary',
        traceId: traceIdOf(1),
        ...rest,
        maxEndUnixNano: 2n ** 60n,
        spanCount: 3,
        errorSpanCount: 0,
        orphanSpanCount: 0,
        services: [
          { name: 'a', spanCount: 2, errorSpanCount: 1 },
          { name: '', spanCount: 1, errorSpanCount: 0 },
        ],
      }
      yield { kind: 'end', bound: { setting: 'search.max-spans', limit: 1000 } }
    },
  })
  const { ask } = await startHttpApi(t, store)
  t.strictSame((await ask(`/api/v3/trace-summaries?${window}`)).json, {
    summaries: [
      {
        traceId: '00000000000000000000000000000001',
        rootServiceName: 'a',
        minStartTimeUnixNano: '5',
        maxEndTimeUnixNano: '1152921504606846976',
        spanCount: 3,
        services: [
          { name: 'a', spanCount: 2, errorSpanCount: 1 },
          { name: '', spanCount: 1 },
        ],
      },
    ],
    searchBound: 'search.max-spans=1000',
  })
})

t.test('nothing found is 404, also when a limit ended the search', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  for (const path of ['/api/v3/traces/1', `/api/v3/traces?${window}`]) {
    const { status, headers, text } = await ask(path)
    t.equal(status, 404)
    t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
    t.equal(text, '{"error":{"httpCode":404,"message":"No traces found"}}\n')
  }
  const cut = await startHttpApi(
    t,
    scriptedStore({
      find: async function* () {
        yield { kind: 'end', bound: { setting: 'search.max-time', limit: 5 } }
      },
    }),
  )
  const message = 'No traces found, search.max-time=5 ended the search'
  t.match((await cut.ask(`/api/v3/traces?${window}`)).json, { error: { message } })
})

const refused: readonly (readonly [string, string, string])[] = [
  ['/api/v3/traces', 'query.startTimeMin', 'is required'],
  ['/api/v3/trace-summaries', 'query.startTimeMin', 'is required'],
  ['/api/v3/traces?query.startTimeMin=2026-01-31T12:00:00Z', 'query.startTimeMax', 'is required'],
  [
    '/api/v3/traces?query.start_time_min=1',
    'query.start_time_min',
    'is "1", must be a time such as',
  ],
  [
    `/api/v3/traces?${window.replace('T13', 'T11')}`,
    'query.startTimeMax',
    'is not after query.startTimeMin',
  ],
  [`/api/v3/traces?${window}&query.durationMin=5`, 'query.durationMin', 'must be a duration'],
  [
    `/api/v3/traces?${window}&query.duration_min=2s&query.durationMax=1s`,
    'query.duration_min',
    'is longer than query.durationMax',
  ],
  [`/api/v3/traces?${window}&query.num_traces=x`, 'query.num_traces', 'must be a whole number'],
  [`/api/v3/traces?${window}&query.searchDepth=10001`, 'query.searchDepth', 'must be 0 to 10000'],
  [`/api/v3/traces?${window}&query.attributes=x`, 'query.attributes', 'must be a JSON object'],
  [`/api/v3/traces?${window}&query.raw_traces=x`, 'query.raw_traces', 'must be true or false'],
  [`/api/v3/traces?${window}&query.filter=x`, 'query.filter', 'must be JSON'],
  ['/api/v3/traces/zz', 'trace_id', 'must be 1 to 32 hex digits'],
  ['/api/v3/traces/1?startTime=x', 'startTime', 'must be a time'],
  [
    '/api/v3/traces/1?start_time=2026-01-31T12:00:00Z&endTime=2026-01-30T12:00:00Z',
    'endTime',
    'is before start_time',
  ],
  ['/api/v3/operations', 'service', 'is required'],
  ['/api/v3/operations?service=a&span_kind=x', 'span_kind', 'is "x", must be one of client'],
]

t.test('bad parameters are 400 as Jaeger begins to tell it', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  for (const [path, field, says] of refused) {
    const { status, json } = await ask(path)
    t.equal(status, 400, path)
    const { httpCode, message } = (json as { error: { httpCode: number; message: string } }).error
    t.equal(httpCode, 400)
    t.ok(message.startsWith(`malformed parameter ${field}: `), message)
    t.ok(message.includes(says), `${message} says ${says}`)
  }
})

t.test('what Jaeger does not route is 404', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  for (const [path, method] of [
    ['/api/v3/dependencies', 'GET'],
    ['/api/v3/traces', 'POST'],
    ['/api/v3/nosuch', 'GET'],
  ] as const) {
    t.equal((await ask(path, { method })).text, '404 page not found\n')
  }
})

t.test('a store that is away is 503 in the envelope of api_v3', async (t) => {
  const services = async () => {
    throw new GatewayError('store_unavailable', 'Cannot read: it is away', { retryAfterMs: 1000 })
  }
  const { ask } = await startHttpApi(t, scriptedStore({ services }))
  const { status, headers, json } = await ask('/api/v3/services')
  t.equal(status, 503)
  t.equal(headers.get('retry-after'), '1')
  t.strictSame(json, { error: { httpCode: 503, message: 'Cannot read: it is away' } })
})

function queried(predicates: Partial<Parameters<typeof queryOfLegacy>[0]>): Partial<SpanQuery> {
  const { filter } = queryOfLegacy({ limit: 1, ...predicates })
  return filter === undefined ? {} : { filter }
}
