import type { Test } from 'tap'
import t from 'tap'
import type { FindTracesRequest } from '../../../proto/gen/spangate/v1/FindTracesRequest.ts'
import type { FindTracesResponse__Output } from '../../../proto/gen/spangate/v1/FindTracesResponse.ts'
import type { ListAttributeValuesResponse__Output } from '../../../proto/gen/spangate/v1/ListAttributeValuesResponse.ts'
import { patience } from '../../conformance/answer.ts'
import { referenceStore } from '../../conformance/reference-store.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import type { QueryPort, QueryPortOptions } from '../query-port.ts'
import { readAll, startQuery, unary } from '../query-port.ts'

const nowMs = Date.now()
const at = (ms: number): { seconds: string; nanos: number } => ({
  seconds: String(Math.floor((nowMs + ms) / 1000)),
  nanos: ((nowMs + ms) % 1000) * 1_000_000,
})

/** Ten traces of a shop, the older the higher their number; each odd one has failed. */
async function startShop(t: Test, options: QueryPortOptions = {}): Promise<QueryPort> {
  const store = referenceStore(72 * 3_600_000)
  const groups = Array.from({ length: 10 }, (_, index) => index + 1).flatMap((trace) => {
    const startMicros = (nowMs - trace * 1000) * 1000
    const status = { code: trace % 2 === 1 ? 2 : 0, message: '' }
    return [
      sampleGroup([sampleSpan({ trace, id: 1, name: 'GET /', kind: 2, startMicros })], {
        service: 'front',
      }),
      sampleGroup(
        [
          sampleSpan({
            trace,
            id: 2,
            parent: 1,
            name: 'put',
            kind: 3,
            startMicros: startMicros + 10,
            durationNano: 5_000_000n,
            status,
            attributes: { 'http.status_code': BigInt(200 + trace), 'a b': true },
          }),
        ],
        { service: 'cart', resource: { zone: 'eu' } },
      ),
    ]
  })
  await store.write('', sampleBatch(groups, nowMs), patience)
  return startQuery(t, store, options)
}

async function find(port: QueryPort, request: FindTracesRequest) {
  const { messages, ...ending } = await readAll<FindTracesResponse__Output>(
    port.text.findTraces(request),
  )
  return { ...ending, traces: messages.flatMap(({ traces }) => traces) }
}

t.test('FindTraces answers traces with their spans and what was selected', async (t) => {
  const port = await startShop(t)
  const query =
    '{ resource.service.name = "front" } > { status = error && duration > 1ms } | select(.http.status_code, ."a b")'
  const { traces, code, bound } = await find(port, { query, limit: 2 })
  t.equal(code, 'OK')
  t.equal(bound, undefined)
  t.same(
    traces.map(({ traceId }) => Number.parseInt(traceId, 16)),
    [1, 3],
  )
  const start = String(BigInt(nowMs - 1000) * 1_000_000n)
  t.match(traces[0], {
    rootServiceName: 'front',
    rootOperationName: 'GET /',
    minStartTimeUnixNano: start,
    maxEndTimeUnixNano: String(BigInt(start) + 1_000_000_000n),
    spanCount: 2,
    errorSpanCount: 1,
    matchedSpanCount: 1,
    newestMatchTimeUnixNano: String(BigInt(start) + 10_000n),
    spans: [
      {
        spanId: '0000000000000002',
        parentSpanId: '0000000000000001',
        serviceName: 'cart',
        name: 'put',
        kind: 'SPAN_KIND_CLIENT',
        statusCode: 'STATUS_CODE_ERROR',
        startTimeUnixNano: String(BigInt(start) + 10_000n),
        endTimeUnixNano: String(BigInt(start) + 5_010_000n),
        selected: [
          { key: '.http.status_code', value: { intValue: '201' } },
          { key: '.a b', value: { boolValue: true } },
        ],
      },
    ],
  })
})

t.test(
  'FindTraces takes the window, and 20 traces with 3 spans when nothing is said',
  async (t) => {
    const port = await startShop(t)
    const window = { startTimeMin: at(-5000), startTimeMax: at(-2000) }
    const { traces } = await find(port, { query: '{ name = "GET /" }', ...window })
    t.same(
      traces.map(({ traceId }) => Number.parseInt(traceId, 16)),
      [3, 4, 5],
    )
    const all = await find(port, { query: '{}', spansPerTrace: 1 })
    t.equal(all.traces.length, 10)
    t.same(
      all.traces.map(({ spans }) => spans.length),
      Array(10).fill(1),
    )
  },
)

t.test('FindTraces refuses bad requests with the field', async (t) => {
  const port = await startShop(t)
  const bad: readonly [FindTracesRequest, string, RegExp][] = [
    [{}, 'query', /query is required/],
    [{ query: '{ a }' }, 'query', /line 1, column 3: "a" is no field/],
    [{ query: '{}', limit: -1 }, 'limit', /limit is -1, must be 0 to 10000/],
    [{ query: '{}', limit: 10_001 }, 'limit', /must be 0 to 10000/],
    [{ query: '{}', spansPerTrace: 1001 }, 'spans_per_trace', /must be 0 to 1000/],
    [{ query: '{}', limit: 10_000, spansPerTrace: 6 }, 'spans_per_trace', /at most 50000 in all/],
    [{ query: '{}', startTimeMin: at(0), startTimeMax: at(0) }, 'start_time_max', /not after/],
    [{ query: '{} | rate()' }, 'query', /the metric "rate\(\)" is not supported/],
  ]
  for (const [request, field, details] of bad) {
    const answer = await find(port, request)
    t.match(answer, { code: 'INVALID_ARGUMENT', details, fields: [field] })
  }
  t.same(port.logged, [])
})

t.test('FindTraces names the bound that cut it short', async (t) => {
  const port = await startShop(t, { bounds: { candidatesMax: 4 } })
  const answer = await find(port, { query: '{ name = "GET /" && trace:duration > 1h }', limit: 3 })
  t.same(answer.traces, [])
  t.match(answer, { code: 'OK', bound: 'search.max-candidates=4' })
})

t.test('a search by text counts as one, and one too many is refused', async (t) => {
  const port = await startShop(t, { searchesMax: 0 })
  const refused = { code: 'UNAVAILABLE', details: /search\.max-concurrent/ }
  t.match(await find(port, { query: '{}' }), refused)
  t.match(await unary((done) => port.text.listAttributeNames({}, done)), refused)
})

t.test('ListAttributeNames counts names as a query text writes them', async (t) => {
  const port = await startShop(t)
  const { message } = await unary((done) => port.text.listAttributeNames({}, done))
  t.same(message, {
    names: [
      { name: 'resource.service.name', spanCount: 20 },
      { name: 'resource.zone', spanCount: 10 },
      { name: 'span."a b"', spanCount: 10 },
      { name: 'span.http.status_code', spanCount: 10 },
    ],
    traceCount: 10,
  })
  const query = '{ span.http.status_code > 208 }'
  const some = await unary((done) => port.text.listAttributeNames({ query, limit: 1 }, done))
  t.same(some.message, { names: [{ name: 'resource.service.name', spanCount: 4 }], traceCount: 2 })
})

t.test('ListAttributeValues counts values of an attribute or field', async (t) => {
  const port = await startShop(t)
  const values = async (name: string) => {
    const { message } = await unary<ListAttributeValuesResponse__Output>((done) =>
      port.text.listAttributeValues({ name }, done),
    )
    return message?.values.map(({ value, spanCount }) => [
      value?.[value.value ?? 'intValue'],
      spanCount,
    ])
  }
  t.same(await values('resource.service.name'), [
    ['cart', 10],
    ['front', 10],
  ])
  t.same(await values('kind'), [
    ['client', 10],
    ['server', 10],
  ])
  t.same((await values('.http.status_code'))?.slice(0, 2), [
    ['201', 1],
    ['202', 1],
  ])
  for (const name of ['', 'a', 'name = 1']) {
    const bad = await unary((done) => port.text.listAttributeValues({ name }, done))
    t.match(bad, { code: 'INVALID_ARGUMENT', message: undefined })
  }
})
