import { Validator } from '@seriousme/openapi-schema-validator'
import type { Test } from 'tap'
import t from 'tap'
import type { MemoryStore } from '../../../src/stores/memory/memory-store.ts'
import { Chance, randomGroups } from '../../conformance/generate.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { shownStore } from '../adjust/shown-spans.ts'
import { nowMs, startHttpApi } from '../http-port.ts'
import { memoryStore } from '../memory-store.ts'
import type { OpenApiDocument } from '../open-api-document.ts'
import { createJudge, endpointsOf } from '../open-api-document.ts'
import { scriptedStore } from '../scripted-store.ts'

t.setTimeout(120_000)

const { seed } = fuzzSettings(1)

/** A store with spans of all that they may hold. */
async function fullStore(t: Test): Promise<MemoryStore> {
  const store = memoryStore(t)
  const world = { chance: new Chance(seed), arrivalUnixMs: nowMs, traces: 30 }
  const special = sampleSpan({
    trace: 77,
    id: 1,
    parent: 9,
    startMicros: (nowMs - 1000) * 1000,
    attributes: {
      nan: Number.NaN,
      big: 2n ** 62n,
      infinite: Number.NEGATIVE_INFINITY,
      bytes: Uint8Array.of(1),
    },
    links: [],
  })
  const groups = [...randomGroups(world, 400), sampleGroup([special])]
  await store.write('', sampleBatch(groups, nowMs), new AbortController().signal)
  return store
}

t.test('GET /api/openapi.json is a valid OpenAPI document', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  const { status, json } = await ask('/api/openapi.json')
  t.equal(status, 200)
  const { valid, errors } = await new Validator().validate(json as Record<string, unknown>)
  t.ok(valid, JSON.stringify(errors))
  const endpoints = endpointsOf(json as OpenApiDocument)
  t.ok(endpoints.length >= 18)
  const ids = endpoints.map(({ operation }) => operation.operationId)
  t.equal(new Set(ids).size, ids.length, 'operation ids are unique')
})

const window = 'query.startTimeMin=1970-01-01T00:00:00Z&query.startTimeMax=2100-01-01T00:00:00Z'
const text = encodeURIComponent('{ } | select(.nan, .bytes, .infinite, .big, name, kind)')
const otlp = JSON.stringify({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }, {}],
        },
      ],
    },
  ],
})

/** Requests by operation, each with its status. */
const requests: Readonly<Record<string, readonly (readonly [number, string, RequestInit?])[]>> = {
  getStatus: [[200, '/api/spangate/status']],
  getSampling: [[200, '/api/spangate/sampling']],
  getSampledOperations: [
    [200, '/api/spangate/sampling/operations'],
    [200, '/api/spangate/sampling/operations?service=cart&limit=1'],
    [400, '/api/spangate/sampling/operations?limit=0'],
    [400, '/api/spangate/sampling/operations?limit=ten'],
  ],
  getServices: [[200, '/api/services']],
  getOperationNames: [
    [200, '/api/services/cart/operations'],
    [200, '/api/services/nosuch/operations'],
    [400, '/api/services/%ff/operations'],
  ],
  getOperations: [
    [200, '/api/operations?service=cart'],
    [200, '/api/operations?service=nosuch&spanKind=server'],
    [400, '/api/operations'],
  ],
  findTraces: [
    [200, '/api/traces?start=0&limit=1000'],
    [200, '/api/traces?service=nosuch'],
    [200, '/api/traces?traceID=4d&traceID=ffff'],
    [400, '/api/traces?start=x'],
    [200, `/api/traces?start=0&q=${encodeURIComponent('{ } >> { }')}&cursor=*&limit=2`],
    [400, '/api/traces?q=x'],
  ],
  getTrace: [
    [200, '/api/traces/4d'],
    [200, '/api/traces/4d?raw=true&prettyPrint=true'],
    [404, '/api/traces/ffff'],
    [400, '/api/traces/zz'],
  ],
  archiveTrace: [
    [200, '/api/archive/4d', { method: 'POST' }],
    [404, '/api/archive/ffff', { method: 'POST' }],
    [400, '/api/archive/zz', { method: 'POST' }],
  ],
  transformOtlp: [
    [200, '/api/transform', { method: 'POST', body: otlp }],
    [400, '/api/transform', { method: 'POST', body: '{' }],
    [413, '/api/transform', { method: 'POST', body: ' '.repeat(2_000_000) }],
    [415, '/api/transform', { method: 'POST', body: '', headers: { 'content-encoding': 'x' } }],
  ],
  getDependencies: [
    [200, '/api/dependencies'],
    [400, '/api/dependencies?endTs=x'],
  ],
  getMetricsLatencies: [[501, '/api/metrics/latencies?service=a&quantile=0.95']],
  getMetricsCalls: [[501, '/api/metrics/calls?service=a']],
  getMetricsErrors: [[400, '/api/metrics/errors']],
  getMetricsMinStep: [[501, '/api/metrics/minstep']],
  getServicesV3: [[200, '/api/v3/services']],
  getOperationsV3: [
    [200, '/api/v3/operations?service=cart'],
    [400, '/api/v3/operations'],
  ],
  findTracesV3: [
    [200, `/api/v3/traces?${window}&query.searchDepth=1000`],
    [404, `/api/v3/traces?${window}&query.serviceName=nosuch`],
    [400, '/api/v3/traces'],
  ],
  findTraceSummariesV3: [
    [200, `/api/v3/trace-summaries?${window}&query.searchDepth=1000`],
    [200, `/api/v3/trace-summaries?${window}&query.serviceName=nosuch`],
    [400, '/api/v3/trace-summaries'],
  ],
  getTraceV3: [
    [200, '/api/v3/traces/4d'],
    [404, '/api/v3/traces/ffff'],
    [400, '/api/v3/traces/zz'],
  ],
  findByText: [
    [200, `/api/spangate/v1/traces?q=${text}&limit=1000`],
    [200, `/api/spangate/v1/traces?q=${text}&limit=2&cursor=*`],
    [400, '/api/spangate/v1/traces?q=x'],
  ],
  listAttributeNames: [
    [200, '/api/spangate/v1/attribute-names'],
    [400, '/api/spangate/v1/attribute-names?limit=x'],
  ],
  listAttributeValues: [
    [200, '/api/spangate/v1/attribute-values?name=.nan'],
    [200, '/api/spangate/v1/attribute-values?name=.bytes'],
    [200, '/api/spangate/v1/attribute-values?name=duration'],
    [400, '/api/spangate/v1/attribute-values'],
  ],
  getOpenApi: [[200, '/api/openapi.json']],
}

t.test('real answers of every endpoint are as the document says', async (t) => {
  const store = await fullStore(t)
  const { ask } = await startHttpApi(t, store, { shown: shownStore(store) })
  const document = (await ask('/api/openapi.json')).json as OpenApiDocument
  const judge = createJudge(document)
  const endpoints = endpointsOf(document)
  t.same(
    endpoints.map(({ operation }) => operation.operationId).sort(),
    Object.keys(requests).sort(),
  )
  for (const endpoint of endpoints) {
    for (const [status, path, init] of requests[endpoint.operation.operationId] ?? []) {
      const answer = await ask(path, init)
      t.equal(answer.status, status, path)
      const type = answer.headers.get('content-type') ?? ''
      t.equal(judge(endpoint, { ...answer, type }), undefined, `${path} SPANGATE_FUZZ_SEED=${seed}`)
    }
  }
})

t.test('an answer that is not as the document says is found', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  const document = (await ask('/api/openapi.json')).json as OpenApiDocument
  const judge = createJudge(document)
  const [services] = endpointsOf(document)
  if (services === undefined) return
  const good = { data: ['a'], total: 1, limit: 0, offset: 0, errors: null }
  const answer = (json: unknown) => ({
    status: 200,
    type: 'application/json',
    text: JSON.stringify(json),
  })
  t.equal(judge(services, answer(good)), undefined)
  t.match(judge(services, answer({ ...good, data: [1] })), 'must be string')
  t.match(judge(services, answer({ ...good, more: 1 })), 'additional properties')
  t.equal(judge(services, { ...answer(good), status: 418 }), '418 is not documented')
  t.equal(judge(services, { ...answer(good), type: 'text/html' }), 'text/html is not documented')
})
