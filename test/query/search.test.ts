import t from 'tap'
import type { TraceQueryParameters__Output } from '../../proto/gen/jaeger/api_v3/TraceQueryParameters.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import type { QueryPort } from './query-port.ts'
import { readAll, startQuery, unary } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

const arrivalUnixMs = Date.UTC(2026, 0, 31, 12)
const hourMs = 3_600_000
/** Start of the first trace, µs. */
const baseMicros = (arrivalUnixMs - hourMs) * 1000
const secondMicros = 1_000_000
const signal = new AbortController().signal

/** What a test says of a search; both APIs get it in their own words. */
type Conditions = Partial<
  Pick<TraceQueryParameters__Output, 'serviceName' | 'operationName' | 'attributes' | 'searchDepth'>
> & {
  readonly fromMicros?: number
  readonly toMicros?: number
  readonly durationMinNano?: bigint
  readonly durationMaxNano?: bigint
}

/**
 * Five traces, one second apart:
 *   1  cart/checkout, server, 250 ms, ends in error, http.status_code 500 as an int
 *   2  cart/checkout, client, 0 ns, http.status_code "500" as a string
 *   3  cart/list and pay/charge, the resource of pay has region=eu
 *   4  pay/charge, 1.999 µs, by the scope "lib", attributes debug=true, ratio=0.5 and raw bytes
 *   5  another service, an id of 128 bits, an attribute error="true"
 */
async function shopStore(): Promise<MemoryStore> {
  const store = new MemoryStore({
    bytesMax: 64 * 1024 * 1024,
    retentionMs: 72 * hourMs,
    searchBounds: searchBoundDefaults,
    clock: { nowUnixMs: () => arrivalUnixMs, monotonicMs: () => 0 },
  })
  const startOf = (trace: number) => ({ startMicros: baseMicros + trace * secondMicros })
  const one = sampleSpan({
    trace: 1,
    id: 1,
    ...startOf(1),
    name: 'checkout',
    kind: 2,
    durationNano: 250_000_000n,
    status: { code: 2, message: 'out of stock' },
    attributes: { 'http.status_code': 500n, 'user.id': 'ann' },
  })
  const two = sampleSpan({
    trace: 2,
    id: 1,
    ...startOf(2),
    name: 'checkout',
    kind: 3,
    durationNano: 0n,
    attributes: { 'http.status_code': '500' },
  })
  const three = sampleSpan({ trace: 3, id: 1, ...startOf(3), name: 'list' })
  const threePay = sampleSpan({ trace: 3, id: 2, parent: 1, ...startOf(3), name: 'charge' })
  const four = sampleSpan({
    trace: 4,
    id: 1,
    ...startOf(4),
    name: 'charge',
    kind: 0,
    durationNano: 1_999n,
    attributes: { debug: true, ratio: 0.5, raw: Uint8Array.of(0, 255) },
  })
  const five = sampleSpan({
    trace: traceIdOf(5, 7),
    id: 1,
    ...startOf(5),
    name: 'tick',
    attributes: { error: 'true' },
  })
  const groups = [
    sampleGroup([one, two, three], { service: 'cart' }),
    sampleGroup([threePay], { service: 'pay', resource: { region: 'eu' } }),
    sampleGroup([four], { service: 'pay', scope: { name: 'lib', version: '1' } }),
    sampleGroup([five], { service: 'clock' }),
  ]
  await store.write('', sampleBatch(groups, arrivalUnixMs), signal)
  return store
}

/** Each with the traces that must be found, newest first; a trace is the low byte of its id. */
const cases: readonly (readonly [why: string, conditions: Conditions, traces: number[]])[] = [
  ['no condition', {}, [5, 4, 3, 2, 1]],
  ['a service', { serviceName: 'cart' }, [3, 2, 1]],
  ['an unknown service', { serviceName: 'CART' }, []],
  ['an operation without service', { operationName: 'charge' }, [4, 3]],
  ['service and operation', { serviceName: 'cart', operationName: 'checkout' }, [2, 1]],
  ['service and operation of two spans', { serviceName: 'cart', operationName: 'charge' }, []],
  ['500 of an int and a string', { attributes: { 'http.status_code': '500' } }, [2, 1]],
  [
    'two attributes of one span',
    { attributes: { 'http.status_code': '500', 'user.id': 'ann' } },
    [1],
  ],
  ['an attribute of the resource', { attributes: { region: 'eu' } }, [3]],
  ['an attribute of the resource by name', { attributes: { 'resource.region': 'eu' } }, [3]],
  ['a boolean', { attributes: { debug: 'true' } }, [4]],
  ['a double', { attributes: { ratio: '0.5' } }, [4]],
  ['bytes as hex', { attributes: { raw: '00ff' } }, [4]],
  ['the scope', { attributes: { 'scope.name': 'lib' } }, [4]],
  ['a key that objects have', { attributes: { ['__proto__']: 'x' } }, []],
  ['error=true, of the status or an attribute', { attributes: { error: 'true' } }, [5, 1]],
  ['error=false, which matches an unset status', { attributes: { error: 'false' } }, [4, 3, 2]],
  ['span.kind', { attributes: { 'span.kind': 'server' } }, [1]],
  ['otel.status_code', { attributes: { 'otel.status_code': 'ERROR' } }, [1]],
  ['a duration of at least', { durationMinNano: 250_000_000n }, [5, 3, 1]],
  ['a duration of at most', { durationMaxNano: 250_000_000n }, [4, 2, 1]],
  [
    'durations in whole microseconds',
    { durationMinNano: 1_001n, durationMaxNano: 1_000n * 1_000n },
    [4],
  ],
  [
    'duration and attribute together',
    { durationMaxNano: 1_000_000n, attributes: { 'http.status_code': '500' } },
    [2],
  ],
  ['a window with its start', { fromMicros: baseMicros + 2 * secondMicros }, [5, 4, 3, 2]],
  ['a window without its end', { toMicros: baseMicros + 2 * secondMicros }, [1]],
  ['a depth of 2', { searchDepth: 2 }, [5, 4]],
  ['a depth of 2 of a service', { searchDepth: 2, serviceName: 'cart' }, [3, 2]],
]

t.test('FindTraces of both APIs and FindTraceSummaries find the same by', async (t) => {
  const port = await startQuery(t, await shopStore())
  for (const [why, conditions, traces] of cases) {
    t.test(why, async (t) => {
      t.same(await findV2(port, conditions), traces, 'api_v2')
      t.same(await findV3(port, conditions), traces, 'api_v3')
      const { messages } = await readAll(port.v3.findTraceSummaries({ query: queryV3(conditions) }))
      const ids = messages.flatMap(({ summaries }) => summaries.map(({ traceId }) => traceId))
      t.same(
        ids.map((id) => Number.parseInt(id.slice(-2), 16)),
        traces,
        'summaries',
      )
    })
  }
})

t.test(
  'a search with as many attributes as there may be is one that the store takes',
  async (t) => {
    const port = await startQuery(t, await shopStore())
    const keys = Array.from({ length: 98 }, (_, i) => `resource.k${i}`)
    const attributes = Object.fromEntries(
      [...keys, 'error', 'span.kind'].map((key) => [key, 'false']),
    )
    t.same(
      await findV3(port, {
        attributes,
        serviceName: 's',
        operationName: 'o',
        durationMinNano: 1n,
        durationMaxNano: 2n,
      }),
      [],
    )
  },
)

t.test('a trace that is found comes with all its spans', async (t) => {
  const port = await startQuery(t, await shopStore())
  const query = { operationName: 'charge', ...times({ toMicros: baseMicros + 4 * secondMicros }) }
  const v2 = await readAll(port.v2.findTraces({ query }))
  t.same(v2.messages.flatMap(({ spans }) => spans.map((span) => span.operationName)).toSorted(), [
    'charge',
    'list',
  ])
})

t.test('GetTrace takes ids of 64 bits in 8 or 16 bytes, and short hex', async (t) => {
  const { v2, v3 } = await startQuery(t, await shopStore())
  const short = Buffer.from('0000000000000001', 'hex')
  for (const traceId of [short, Buffer.from(traceIdOf(1))]) {
    const { code, messages } = await readAll(v2.getTrace({ traceId }))
    t.equal(code, 'OK')
    // On the wire an id always has 16 bytes.
    t.same(messages[0]?.spans[0]?.traceId, Buffer.from(traceIdOf(1)))
  }
  for (const traceId of ['1', '0000000000000001', '1'.padStart(32, '0')]) {
    t.equal((await readAll(v3.getTrace({ traceId }))).code, 'OK', traceId)
  }
  const traceId = Buffer.from(traceIdOf(5, 7))
  t.equal((await readAll(v2.getTrace({ traceId }))).code, 'OK')
  t.equal((await readAll(v2.getTrace({ traceId: traceId.subarray(8) }))).code, 'NOT_FOUND')
  t.equal(
    (await readAll(v3.getTrace({ traceId: traceId.toString('hex').toUpperCase() }))).code,
    'OK',
  )
})

t.test('FindTraceSummaries counts spans, errors, orphans and services', async (t) => {
  const { v3 } = await startQuery(t, await shopStore())
  const { messages } = await readAll(
    v3.findTraceSummaries({ query: queryV3({ operationName: 'list' }) }),
  )
  const start = BigInt(baseMicros + 3 * secondMicros) * 1000n
  t.same(messages, [
    {
      summaries: [
        {
          traceId: '3'.padStart(32, '0'),
          rootServiceName: 'cart',
          rootOperationName: 'list',
          minStartTimeUnixNano: String(start),
          maxEndTimeUnixNano: String(start + 1_000_000_000n),
          spanCount: 2,
          errorSpanCount: 0,
          orphanSpanCount: 0,
          services: [
            { name: 'cart', spanCount: 1, errorSpanCount: 0 },
            { name: 'pay', spanCount: 1, errorSpanCount: 0 },
          ],
        },
      ],
    },
  ])
})

t.test('GetServices and GetOperations list names, and kinds as words', async (t) => {
  const { v2, v3 } = await startQuery(t, await shopStore())
  const services = ['cart', 'clock', 'pay']
  t.same((await unary((done) => v2.getServices({}, done))).message, { services })
  t.same((await unary((done) => v3.getServices({}, done))).message, { services })
  const operations = [
    { name: 'checkout', spanKind: 'server' },
    { name: 'checkout', spanKind: 'client' },
    { name: 'list', spanKind: 'internal' },
  ]
  const cart = { service: 'cart' }
  // operationNames is deprecated, and all that old clients read.
  const operationNames = ['checkout', 'list']
  t.same((await unary((done) => v2.getOperations(cart, done))).message, {
    operationNames,
    operations,
  })
  t.same((await unary((done) => v3.getOperations(cart, done))).message, { operations })
  const clients = { service: 'cart', spanKind: 'client' }
  t.same((await unary((done) => v3.getOperations(clients, done))).message, {
    operations: [{ name: 'checkout', spanKind: 'client' }],
  })
  const pay = { service: 'pay' }
  t.same((await unary((done) => v3.getOperations(pay, done))).message, {
    operations: [
      { name: 'charge', spanKind: '' },
      { name: 'charge', spanKind: 'internal' },
    ],
  })
  t.same((await unary((done) => v3.getOperations({ service: 'x' }, done))).message, {
    operations: [],
  })
})

t.test('a search asks the store for', async (t) => {
  const asked: SpanQuery[] = []
  const tenants: string[] = []
  const port = await startQuery(
    t,
    scriptedStore({
      find: async function* (tenant, query) {
        tenants.push(tenant)
        asked.push(query)
        yield { kind: 'end', bound: undefined }
      },
    }),
    { tenant: 'acme' },
  )
  const goZeroTime = { seconds: '-62135596800', nanos: 0 }
  await readAll(port.v2.findTraces({ query: {} }))
  await readAll(
    port.v2.findTraces({ query: { startTimeMin: goZeroTime, startTimeMax: goZeroTime } }),
  )
  await readAll(port.v2.findTraces({ query: { durationMin: { seconds: '0', nanos: 0 } } }))
  await readAll(
    port.v3.findTraces({
      query: {
        startTimeMin: { seconds: '1', nanos: 1999 },
        startTimeMax: { seconds: '253402300799', nanos: 0 },
        searchDepth: 10_000,
      },
    }),
  )
  t.same(asked, [
    { limit: 100 },
    { limit: 100 },
    { limit: 100 },
    { minMicros: 1_000_001, maxMicros: Number.MAX_SAFE_INTEGER, limit: 10_000 },
  ])
  t.same(new Set(tenants), new Set(['acme']))
})

async function findV2(port: QueryPort, conditions: Conditions): Promise<number[]> {
  const { attributes, fromMicros, toMicros, durationMinNano, durationMaxNano, ...rest } = conditions
  const query = {
    ...rest,
    ...(attributes && { tags: attributes }),
    ...times({ fromMicros, toMicros }),
    ...durations({ durationMinNano, durationMaxNano }),
  }
  const { code, details, messages } = await readAll(port.v2.findTraces({ query }))
  if (code !== 'OK') throw new Error(details)
  return inOrder(messages.flatMap(({ spans }) => spans.map((span) => span.traceId)))
}

async function findV3(port: QueryPort, conditions: Conditions): Promise<number[]> {
  const call = port.v3.findTraces({ query: queryV3(conditions) })
  const { code, details, messages } = await readAll(call)
  if (code !== 'OK') throw new Error(details)
  const groups = messages.flatMap(({ resourceSpans }) => resourceSpans)
  const spans = groups.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  return inOrder(spans.map((span) => span.traceId))
}

function queryV3(conditions: Conditions) {
  const { fromMicros, toMicros, durationMinNano, durationMaxNano, ...rest } = conditions
  return {
    ...rest,
    ...times({
      fromMicros: fromMicros ?? baseMicros,
      toMicros: toMicros ?? arrivalUnixMs * 1000,
    }),
    ...durations({ durationMinNano, durationMaxNano }),
  }
}

function times(window: { fromMicros?: number | undefined; toMicros?: number | undefined }) {
  const { fromMicros: from, toMicros: to } = window
  return {
    ...(from !== undefined && { startTimeMin: wireOfNano(BigInt(from) * 1000n) }),
    ...(to !== undefined && { startTimeMax: wireOfNano(BigInt(to) * 1000n) }),
  }
}

function durations(bounds: {
  durationMinNano: bigint | undefined
  durationMaxNano: bigint | undefined
}) {
  const { durationMinNano: min, durationMaxNano: max } = bounds
  return {
    ...(min !== undefined && { durationMin: wireOfNano(min) }),
    ...(max !== undefined && { durationMax: wireOfNano(max) }),
  }
}

function wireOfNano(nano: bigint): { seconds: string; nanos: number } {
  return { seconds: String(nano / 1_000_000_000n), nanos: Number(nano % 1_000_000_000n) }
}

/** Last bytes of the ids, each trace once, in the order in which they came. */
function inOrder(traceIds: readonly Buffer[]): number[] {
  return [...new Set(traceIds.map((id) => id.readUInt8(15)))]
}
