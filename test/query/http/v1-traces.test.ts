import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../../src/ports/span-query.ts'
import type { SpanStore, TraceRef } from '../../../src/ports/span-store.ts'
import { queryOfLegacy } from '../../../src/search/legacy-query.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { until } from '../../transport/start-listener.ts'
import { nowMs, startHttpApi } from '../http-port.ts'
import { endlessStore, scriptedStore, storeOfTraces } from '../scripted-store.ts'

t.setTimeout(120_000)

const hourMs = 3_600_000

function partOf(trace: number, count: number, first = 1, text = ''): SpanBatch {
  const spans = Array.from({ length: count }, (_, i) => {
    return sampleSpan({ trace, id: first + i, startMicros: 1_000_000, attributes: { text } })
  })
  return sampleBatch([sampleGroup(spans)], 0)
}

/** Parameters of a search, and what the store is asked. */
const searches: readonly (readonly [string, Partial<SpanQuery>])[] = [
  ['', {}],
  ['?service=&operation=&limit=0&tags=', {}],
  ['?lookback=1h&nosuch=1', {}],
  ['?service=a%26b&operation=GET+/x', queried({ service: 'a&b', operation: 'GET /x' })],
  ['?start=1000000&end=2000000', { minMicros: 1_000_000, maxMicros: 2_000_000 }],
  ['?end=7200000000', { minMicros: 7_200_000_000 - 48 * hourMs * 1000, maxMicros: 7_200_000_000 }],
  [`?end=${(nowMs + hourMs) * 1000}`, { maxMicros: (nowMs + hourMs) * 1000 }],
  ['?limit=20', { limit: 20 }],
  ['?minDuration=1.5ms', queried({ durationMinNano: 1_500_000n })],
  ['?minDuration=0s&maxDuration=1m0.5s', queried({ durationMaxNano: 60_500_000_000n })],
  [
    '?minDuration=500us&maxDuration=500µs',
    queried({ durationMinNano: 500_000n, durationMaxNano: 500_000n }),
  ],
  ['?tag=error:true&tag=url:http://x/', tagged({ error: 'true', url: 'http://x/' })],
  ['?tags={"a":"b","c":""}', tagged({ a: 'b', c: '' })],
  ['?tag=a:x&tag=d:e&tags={"a":"b"}', tagged({ a: 'b', d: 'e' })],
]

t.test('GET /api/traces asks the store for what its parameters say', async (t) => {
  let asked: SpanQuery | undefined
  const { ask } = await startHttpApi(
    t,
    scriptedStore({
      find: async function* (_tenant, query) {
        asked = query
        yield { kind: 'end', bound: undefined }
      },
    }),
  )
  const whenLeftOut = {
    minMicros: (nowMs - 48 * hourMs) * 1000,
    maxMicros: nowMs * 1000,
    limit: 100,
  }
  for (const [parameters, query] of searches) {
    const { status, json } = await ask(`/api/traces${parameters}`)
    t.equal(status, 200, parameters)
    t.strictSame(json, { data: [], total: 0, limit: 0, offset: 0, errors: null })
    t.strictSame(asked, { ...whenLeftOut, ...query }, parameters)
  }
})

t.test('GET /api/traces lists traces with all their parts', async (t) => {
  const traces = [[partOf(1, 2), partOf(1, 1, 3)], [partOf(2, 1)]]
  const { ask, measured } = await startHttpApi(t, storeOfTraces(traces))
  const { status, json } = await ask('/api/traces?service=a')
  t.equal(status, 200)
  t.match(json, { total: 0, limit: 0, offset: 0, errors: null })
  const { data } = json as { data: readonly { spans: readonly unknown[] }[] }
  t.same(
    data.map(({ spans }) => spans.length),
    [3, 1],
  )
  t.match(data[0], { processes: { p1: { serviceName: 'shop', tags: [] } }, warnings: null })
  t.same(measured, [{ method: 'GET /api/traces', code: '200' }])
})

t.test('GET /api/traces says which limit ended the search', async (t) => {
  const store = scriptedStore({
    find: async function* () {
      yield { kind: 'end', bound: { setting: 'search.max-time', limit: 30_000 } }
    },
  })
  const { ask } = await startHttpApi(t, store)
  const msg = 'the search ended at its limit search.max-time=30000, older traces are missing'
  t.match((await ask('/api/traces')).json, { data: [], errors: [{ msg }] })
})

t.test('GET /api/traces of ids gives those that are there, and lists the others', async (t) => {
  const store = storeOf({ '02': [partOf(2, 1)], '03': [partOf(3, 1), partOf(3, 1, 2)] })
  const { ask } = await startHttpApi(t, store)
  const { status, json } = await ask('/api/traces?traceID=1&traceID=2&traceID=4&traceID=3&limit=x')
  t.equal(status, 200)
  const { data, errors } = json as { data: readonly { traceID: string }[]; errors: unknown }
  t.same(
    data.map(({ traceID }) => traceID),
    ['0000000000000002', '0000000000000003'],
  )
  t.strictSame(errors, [
    { msg: 'trace not found', traceID: '0000000000000001' },
    { msg: 'trace not found', traceID: '0000000000000004' },
  ])
  const twice = await ask('/api/traces?traceID=3&traceID=0003&traceID=AF&traceID=af')
  t.match(twice.json, {
    data: [{ traceID: '0000000000000003' }],
    errors: [{ msg: 'trace not found', traceID: '00000000000000af' }],
  })
  t.equal((twice.json as { data: unknown[] }).data.length, 1, 'each trace once')
  t.equal((twice.json as { errors: unknown[] }).errors.length, 1)
})

t.test('GET /api/traces/{traceId} takes ids in hex and base64', async (t) => {
  const asked: TraceRef[] = []
  const store = scriptedStore({
    trace: async function* (_tenant, trace) {
      asked.push(trace)
      yield* []
    },
  })
  const { ask } = await startHttpApi(t, store)
  const id = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')
  const low = Buffer.from(traceIdOf(0x0a_f7_65_19))
  for (const [text, expected] of [
    [id.toString('hex'), id],
    [id.toString('hex').toUpperCase(), id],
    [encodeURIComponent(id.toString('base64')), id],
    [id.toString('base64url'), id],
    ['af76519', low],
    [encodeURIComponent(low.subarray(8).toString('base64')), low],
  ] as const) {
    const { status, json } = await ask(`/api/traces/${text}`)
    t.equal(status, 404)
    t.match(json, { data: null, errors: [{ code: 404, msg: 'trace not found' }] })
    t.same(Buffer.from(asked.pop()?.traceId ?? []), expected, text)
  }
  await ask('/api/traces/1?start=5&end=6')
  t.match(asked.pop(), { minMicros: 5, maxMicros: 7 })
})

t.test('GET /api/traces/{traceId} tells for which bound parts were removed', async (t) => {
  const store = {
    ...storeOfTraces([[partOf(1, 1)]]),
    lostParts: async () => ({ setting: 'store.memory.max-bytes', limit: 100 }),
  }
  const { ask } = await startHttpApi(t, store)
  const warnings = ['spans of this trace were removed, for store.memory.max-bytes=100']
  t.match((await ask('/api/traces/1')).json, { data: [{ warnings }], errors: null })
})

/** Its texts are longer than what gzip looks back, so that they cannot be compressed. */
const noisyPart = partOf(1, 20, 1, randomBytes(30_000).toString('base64'))

/** Some 2 MB of JSON in three parts, with letters of two units. */
const long = [1, 2001, 4001].map((first) => partOf(1, 2000, first, '𝄞 "\\ x'))

t.test('a long trace is whole, compressed or not, indented or not', async (t) => {
  const { ask, origin } = await startHttpApi(t, storeOfTraces([long]))
  const plain = await ask('/api/traces/1', { headers: { 'accept-encoding': 'identity' } })
  t.equal(plain.headers.get('content-encoding'), null)
  t.equal(plain.headers.get('etag'), null)
  const { data } = plain.json as { data: readonly { spans: readonly { spanID: string }[] }[] }
  t.equal(new Set(data[0]?.spans.map(({ spanID }) => spanID)).size, 6000)
  const pretty = await ask('/api/traces/1?prettyPrint=1')
  t.ok(pretty.text === JSON.stringify(plain.json, null, 4))
  for (const [accepted, unpack] of [
    ['gzip', gunzipSync],
    ['gzip;q=0.5, br', brotliDecompressSync],
  ] as const) {
    const { headers, bytes } = await bytesOf(`${origin}/api/traces/1`, accepted)
    t.ok(bytes.length * 4 < plain.text.length)
    t.equal(headers.vary, 'Accept-Encoding')
    t.ok(unpack(bytes).toString() === plain.text, accepted)
  }
})

t.test(
  'a client that reads slowly holds back the store, and stops it when it leaves',
  async (t) => {
    const endless = endlessStore(noisyPart)
    const { origin, measured } = await startHttpApi(t, endless.store)
    const response = await responseOf(`${origin}/api/traces/1`, 'gzip;q=0')
    await once(response, 'readable')
    await settled(() => endless.bytes)
    // The buffers of two sockets hold some more.
    t.ok(endless.bytes < 16 * 1024 * 1024, `read ${endless.bytes} bytes`)
    response.destroy()
    t.match(await endless.ended, { code: 'cancelled' })
    await until(() => measured.length === 1)
    t.same(measured, [{ method: 'GET /api/traces/{traceId}', code: 'CANCELLED' }])
  },
)

t.test('a client that takes nothing is ended when others wait', async (t) => {
  const stalled = { stalledAfterMs: 100, stalledMax: 0 }
  for (const accepted of ['identity', 'gzip']) {
    const endless = endlessStore(noisyPart)
    const { origin } = await startHttpApi(t, endless.store, { stalled })
    const response = await responseOf(`${origin}/api/traces/1`, accepted)
    await endless.ended
    // Cut, which is how a body without length says that it is not whole.
    await t.rejects(read(response), { code: 'ECONNRESET' }, accepted)
  }
})

t.test('a store that fails in the middle cuts the answer', async (t) => {
  const store = scriptedStore({
    trace: async function* () {
      yield* long
      throw new Error('broken')
    },
  })
  const { origin } = await startHttpApi(t, store)
  await t.rejects(read(await responseOf(`${origin}/api/traces/1`, 'identity')), {
    code: 'ECONNRESET',
  })
})

t.test('POST /api/transform gives the traces of OTLP JSON', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  const span = { spanId: 'eee19b7ec3c1b174', startTimeUnixNano: '1000', endTimeUnixNano: '3000' }
  const scopeSpans = [
    {
      spans: [
        { ...span, traceId: '5b8efff798038103d269b633813fc60c', name: 'hello' },
        { ...span, traceId: '00', name: 'bad' },
        { ...span, traceId: '5b8efff798038103d269b633813fc60d', name: 'other' },
      ],
    },
  ]
  const service = { key: 'service.name', value: { stringValue: 'by-hand' } }
  const body = JSON.stringify({
    resourceSpans: [{ resource: { attributes: [service] }, scopeSpans }],
  })
  const { status, json } = await ask('/api/transform', { method: 'POST', body })
  t.equal(status, 200)
  t.match(json, {
    data: [
      {
        traceID: '5b8efff798038103d269b633813fc60c',
        spans: [{ operationName: 'hello', startTime: 1, duration: 2, processID: 'p1' }],
        processes: { p1: { serviceName: 'by-hand' } },
      },
      { traceID: '5b8efff798038103d269b633813fc60d', spans: [{ operationName: 'other' }] },
    ],
    errors: [{ msg: 'Cannot decode span: trace id has 1 bytes, must be 16' }],
  })
  const nothing = await ask('/api/transform', { method: 'POST', body: '{}' })
  t.match(nothing.json, { data: [], errors: null })
  const broken = await ask('/api/transform', { method: 'POST', body: '{"resourceSpans": 1}' })
  t.equal(broken.status, 400)
  t.match(broken.json, { errors: [{ code: 400, msg: /^cannot unmarshal OTLP : / }] })
  const large = await ask('/api/transform', { method: 'POST', body: ' '.repeat(2_000_000) })
  t.equal(large.status, 413)
  t.match(large.json, { errors: [{ code: 413 }] })
})

function queried(predicates: Partial<Parameters<typeof queryOfLegacy>[0]>): Partial<SpanQuery> {
  const { filter } = queryOfLegacy({ limit: 1, ...predicates })
  return filter === undefined ? {} : { filter }
}

function tagged(tags: Readonly<Record<string, string>>): Partial<SpanQuery> {
  return queried({ attributes: new Map(Object.entries(tags)) })
}

/** A store of traces by the last byte of their ids. */
function storeOf(traces: Readonly<Record<string, readonly SpanBatch[]>>): SpanStore {
  return scriptedStore({
    trace: async function* (_tenant, { traceId }) {
      yield* traces[Buffer.from(traceId).toString('hex', 15)] ?? []
    },
  })
}

/** Waits until a number stays the same. */
async function settled(number: () => number): Promise<void> {
  let last: number
  do {
    last = number()
    await new Promise((resolve) => setTimeout(resolve, 300))
  } while (number() !== last)
}

async function responseOf(url: string, accepted: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers: { 'accept-encoding': accepted } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function bytesOf(url: string, accepted: string) {
  const response = await responseOf(url, accepted)
  return { headers: response.headers, bytes: await read(response) }
}
