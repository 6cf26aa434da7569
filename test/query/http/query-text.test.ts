import type { Test } from 'tap'
import t from 'tap'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import type { HttpApiPort, HttpApiPortOptions } from '../http-port.ts'
import { nowMs, startHttpApi } from '../http-port.ts'
import { memoryStore } from '../memory-store.ts'

const window = 'query.startTimeMin=2026-01-31T00:00:00Z&query.startTimeMax=2026-02-01T00:00:00Z'

/** Traces 1 to 6, the older the higher their number; in each odd one `put` has failed. */
async function startShop(t: Test, options: HttpApiPortOptions = {}): Promise<HttpApiPort> {
  const store = memoryStore(t)
  const groups = [1, 2, 3, 4, 5, 6].flatMap((trace) => {
    const startMicros = (nowMs - trace * 1000) * 1000
    const front = sampleSpan({ trace, id: 1, name: 'GET /', kind: 2, startMicros })
    const put = sampleSpan({
      trace,
      id: 2,
      parent: 1,
      name: 'put',
      kind: 3,
      startMicros: startMicros + 10,
      durationNano: 5_000_000n,
      status: { code: trace % 2 === 1 ? 2 : 0, message: '' },
      attributes: { size: BigInt(trace), 'a b': true },
    })
    return [
      sampleGroup([front], { service: 'front' }),
      sampleGroup([put], { service: 'cart', resource: { zone: 'eu' } }),
    ]
  })
  await store.write('', sampleBatch(groups, nowMs), new AbortController().signal)
  return startHttpApi(t, store, options)
}

const q = (text: string): string => `q=${encodeURIComponent(text)}`
const failed = '{ resource.service.name = "front" } > { status = error }'

/** Answers of the three searches that take conditions or a text, as numbers of traces. */
const searches = [
  [
    'GET /api/traces',
    (text: string, limit: number) => `/api/traces?start=0&limit=${limit}&${text}`,
    (json: never) =>
      (json as { data: readonly { traceID: string }[] }).data.map(({ traceID }) => traceID),
  ],
  [
    'GET /api/v3/traces',
    (text: string, limit: number) => `/api/v3/traces?${window}&query.searchDepth=${limit}&${text}`,
    (json: never) => [
      ...new Set(
        (
          json as {
            result: {
              resourceSpans: readonly { scopeSpans: readonly { spans: { traceId: string }[] }[] }[]
            }
          }
        ).result.resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => traceId)),
        ),
      ),
    ],
  ],
  [
    'GET /api/v3/trace-summaries',
    (text: string, limit: number) =>
      `/api/v3/trace-summaries?${window}&query.searchDepth=${limit}&${text}`,
    (json: never) =>
      (json as { summaries: readonly { traceId: string }[] }).summaries.map((one) => one.traceId),
  ],
] as const

for (const [name, pathOf, idsOf] of searches) {
  t.test(`${name} finds by q what the text says, page by page`, async (t) => {
    const { ask } = await startShop(t)
    const numbers = (json: unknown) => idsOf(json as never).map((id) => Number.parseInt(id, 16))
    const { status, json, text } = await ask(pathOf(q(failed), 10))
    t.equal(status, 200, text)
    t.same(numbers(json), [1, 3, 5])
    const first = (await ask(pathOf(`${q(failed)}&cursor=*`, 2))).json as { nextCursor: string }
    t.same(numbers(first), [1, 3])
    const cursor = `cursor=${encodeURIComponent(first.nextCursor)}`
    const second = (await ask(pathOf(`${q(failed)}&${cursor}`, 2))).json
    t.same(numbers(second), [5])
    t.notOk('nextCursor' in (second as object))
    const other = await ask(pathOf(`${q('{ name = "put" }')}&${cursor}`, 2))
    t.equal(other.status, 400)
    t.match(other.text, /is of a search with other conditions/)
  })

  t.test(`${name} says where a text is wrong, and of a condition beside it`, async (t) => {
    const { ask } = await startShop(t)
    const bad = await ask(pathOf(q('{ name = "put"\n && code = 500 }'), 5))
    t.equal(bad.status, 400)
    t.match(bad.text, /line 2, column 5: \\"code\\" is no field/)
    for (const beside of name.includes('v3')
      ? ['query.serviceName=a', 'query.duration_min=1ms', 'query.filter={}']
      : ['service=a', 'tag=a:b', 'tags={"a":"b"}', 'minDuration=1ms']) {
      const { status, text } = await ask(pathOf(`${q(failed)}&${encodeURI(beside)}`, 5))
      t.equal(status, 400, beside)
      if (!beside.startsWith('query.filter'))
        t.match(text, /is beside q, must be a condition in it/)
    }
  })

  t.test(`${name} tells the bound at which a search by text ended`, async (t) => {
    const { ask } = await startShop(t, { bounds: { traceSpansMax: 1 } })
    const { text } = await ask(pathOf(q('{ } >> { }'), 5))
    t.match(text, /search\.max-trace-spans=1/)
  })
}

t.test('GET /api/traces finds by q what is stored, and shows it', async (t) => {
  const { ask } = await startShop(t)
  const { json } = await ask(`/api/traces?start=0&limit=1&${q('{ span:id = "0000000000000002" }')}`)
  t.match(json, {
    data: [
      {
        traceID: '0000000000000001',
        spans: [{ operationName: 'GET /' }, { operationName: 'put' }],
      },
    ],
    errors: null,
  })
  t.equal((await ask(`/api/v3/traces?${window}&${q('{ name = "nosuch" }')}`)).status, 404)
})

t.test('GET /api/spangate/v1/traces answers the spans of the result', async (t) => {
  const { ask } = await startShop(t)
  const select = `${failed} | select(.size, ."a b")`
  const { status, json, text } = await ask(`/api/spangate/v1/traces?${q(select)}&limit=2`)
  t.equal(status, 200, text)
  const { traces } = json as { traces: readonly { traceId: string }[] }
  t.same(
    traces.map(({ traceId }) => Number.parseInt(traceId, 16)),
    [1, 3],
  )
  const start = BigInt(nowMs - 1000) * 1_000_000n
  t.strictSame(traces[0], {
    traceId: '00000000000000000000000000000001',
    rootServiceName: 'front',
    rootOperationName: 'GET /',
    minStartTimeUnixNano: String(start),
    maxEndTimeUnixNano: String(start + 1_000_000_000n),
    spanCount: 2,
    errorSpanCount: 1,
    matchedSpanCount: 1,
    newestMatchTimeUnixNano: String(start + 10_000n),
    spans: [
      {
        spanId: '0000000000000002',
        parentSpanId: '0000000000000001',
        serviceName: 'cart',
        name: 'put',
        startTimeUnixNano: String(start + 10_000n),
        endTimeUnixNano: String(start + 5_010_000n),
        kind: 'SPAN_KIND_CLIENT',
        statusCode: 'STATUS_CODE_ERROR',
        selected: [
          { key: '.size', value: { intValue: '1' } },
          { key: '.a b', value: { boolValue: true } },
        ],
      },
    ],
  })
})

t.test('GET /api/spangate/v1/traces goes page by page through a window', async (t) => {
  const { ask } = await startShop(t)
  const times = `startTimeMin=${new Date(nowMs - 5500).toISOString()}&startTimeMax=${new Date(nowMs - 1500).toISOString()}`
  const pages: number[][] = []
  for (let cursor: string | undefined = '*'; cursor !== undefined; ) {
    const path = `/api/spangate/v1/traces?${q('{ kind = server }')}&${times}&limit=3&cursor=${cursor}`
    const json = (await ask(path)).json as {
      traces: readonly { traceId: string }[]
      nextCursor?: string
    }
    pages.push(json.traces.map(({ traceId }) => Number.parseInt(traceId, 16)))
    cursor = json.nextCursor
  }
  t.same(pages, [[2, 3, 4], [5]])
})

t.test('GET /api/spangate/v1 lists names and values for completion', async (t) => {
  const { ask } = await startShop(t)
  const names = await ask(`/api/spangate/v1/attribute-names?${q('{ status = error }')}`)
  t.strictSame(names.json, {
    names: [
      { name: 'resource.service.name', spanCount: 6 },
      { name: 'resource.zone', spanCount: 3 },
      { name: 'span."a b"', spanCount: 3 },
      { name: 'span.size', spanCount: 3 },
    ],
    traceCount: 3,
  })
  const values = await ask('/api/spangate/v1/attribute-values?name=span.size&limit=2')
  t.strictSame(values.json, {
    values: [
      { value: { intValue: '1' }, spanCount: 1 },
      { value: { intValue: '2' }, spanCount: 1 },
    ],
    traceCount: 6,
  })
})

t.test('GET /api/spangate/v1 refuses what makes no sense with its parameter', async (t) => {
  const { ask } = await startShop(t)
  for (const [path, message] of [
    ['traces', /q is required/],
    [`traces?${q('{ } | rate()')}`, /line 1, column 7: the metric .* is not supported/],
    [`traces?${q('{ }')}&limit=-1`, /limit is -1, must be 0 to 10000/],
    [`traces?${q('{ }')}&limit=x`, /limit is .*must be a whole number/],
    [`traces?${q('{ }')}&limit=1000&spansPerTrace=51`, /spansPerTrace is 51 of 1000 traces/],
    [`traces?${q('{ }')}&startTimeMin=now`, /startTimeMin is .*must be a time/],
    [
      `traces?${q('{ }')}&startTimeMin=2026-01-31T00:00:00Z&startTimeMax=2026-01-31T00:00:00Z`,
      /startTimeMax is not after startTimeMin/,
    ],
    ['attribute-values', /name is required/],
    ['attribute-values?name=x', /line 1, column 1/],
    [`attribute-names?${q('{ a }')}`, /line 1, column 3/],
  ] as const) {
    const { status, text } = await ask(`/api/spangate/v1/${path}`)
    t.equal(status, 400, path)
    t.match(text, message, path)
  }
})
