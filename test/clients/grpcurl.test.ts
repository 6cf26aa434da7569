import { Client, credentials } from '@grpc/grpc-js'
import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { needs, run } from './peers.ts'
import type { SentSpan } from './sent-spans.ts'
import { send, traceIds } from './sent-spans.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { otlpGrpc, jaegerGrpc, queryGrpc, samplingGrpc } = await gateway.ready()

/** Calls a method, or asks reflection; grpcurl is given no proto files. */
async function grpcurl(endpoint: string, method: string, request?: object) {
  const data = request === undefined ? [] : ['-d', JSON.stringify(request)]
  return await run('grpcurl', ['-plaintext', '-max-time', '20', ...data, endpoint, method])
}

/** grpcurl ends with 64 plus the status code. */
const grpcExit = { INVALID_ARGUMENT: 67, NOT_FOUND: 69 } as const

/** The messages of a stream: grpcurl prints them one after the other, indented. */
function messages(stdout: string): readonly unknown[] {
  if (stdout.trim() === '') return []
  return stdout.split(/\n(?=\{)/).map((text) => JSON.parse(text))
}

const hexOf = (base64: string) => Buffer.from(base64, 'base64').toString('hex')
const base64Of = (hex: string) => Buffer.from(hex, 'hex').toString('base64')

/** Trace ids in an answer, in order of first appearance, wherever they stand in it. */
function foundTraceIds(stdout: string): readonly string[] {
  const spans = messages(stdout).flatMap(spansOf)
  return traceIds(spans.map((span) => ({ traceId: hexOf(span.traceId) })))
}

interface JsonSpan {
  readonly traceId: string
}

interface JsonMessage {
  readonly spans?: readonly JsonSpan[]
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly { readonly spans?: readonly JsonSpan[] }[]
  }[]
}

function spansOf(message: unknown): readonly JsonSpan[] {
  const { spans, resourceSpans } = message as JsonMessage
  if (spans !== undefined) return spans
  const scopes = (resourceSpans ?? []).flatMap((resource) => resource.scopeSpans ?? [])
  return scopes.flatMap((scope) => scope.spans ?? [])
}

const listeners = [
  {
    endpoint: otlpGrpc,
    services: ['opentelemetry.proto.collector.trace.v1.TraceService', 'zipkin.proto3.SpanService'],
  },
  {
    endpoint: jaegerGrpc,
    services: ['jaeger.api_v2.CollectorService', 'jaeger.api_v2.SamplingManager'],
  },
  { endpoint: samplingGrpc, services: ['jaeger.api_v2.SamplingManager'] },
  {
    endpoint: queryGrpc,
    services: [
      'jaeger.api_v2.QueryService',
      'jaeger.api_v3.QueryService',
      'spangate.v1.StatusService',
      'spangate.v1.TraceSearchService',
    ],
  },
]

for (const { endpoint, services } of listeners) {
  const what = services.join(' and ')

  t.test(`list names ${what}`, needs('grpcurl'), async (t) => {
    const { code, stdout, stderr } = await grpcurl(endpoint, 'list')
    t.equal(code, 0, stderr)
    t.strictSame(stdout.trim().split('\n').sort(), [...services, 'grpc.health.v1.Health'].sort())
  })

  t.test(`describe shows every method and message of ${what}`, needs('grpcurl'), async (t) => {
    for (const service of services) {
      const methods = await run('grpcurl', ['-plaintext', endpoint, 'list', service])
      t.equal(methods.code, 0, methods.stderr)
      for (const method of methods.stdout.trim().split('\n')) {
        const shown = await run('grpcurl', ['-plaintext', endpoint, 'describe', method])
        t.equal(shown.code, 0, shown.stderr)
        const request = /\( (?:stream )?\.([\w.]+) \)/.exec(shown.stdout)?.[1] ?? ''
        const message = await run('grpcurl', ['-plaintext', endpoint, 'describe', request])
        t.match(message.stdout, new RegExp(`^${request} is a message:\\n// `), method)
      }
    }
  })

  t.test(`health is SERVING for the port and for ${what}`, needs('grpcurl'), async (t) => {
    for (const service of ['', ...services]) {
      const { code, stdout, stderr } = await grpcurl(endpoint, 'grpc.health.v1.Health/Check', {
        service,
      })
      t.equal(code, 0, stderr)
      t.strictSame(JSON.parse(stdout), { status: 'SERVING' }, service)
    }
    const unknown = await grpcurl(endpoint, 'grpc.health.v1.Health/Check', { service: 'no.such' })
    t.equal(unknown.code, grpcExit.NOT_FOUND, unknown.stderr)
  })
}

/** grpcurl asks v1 and falls back to v1alpha, which older tools know alone; so each is asked here. */
async function listByReflection(endpoint: string, version: string): Promise<string> {
  const client = new Client(endpoint, credentials.createInsecure())
  try {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`
    const same = (bytes: Buffer) => bytes
    const call = client.makeBidiStreamRequest(path, same, same, { deadline: Date.now() + 10_000 })
    // ServerReflectionRequest { list_services = 7: "*" }
    call.write(Buffer.from([0x3a, 1, 0x2a]))
    call.end()
    const answers: Buffer[] = []
    for await (const bytes of call) answers.push(bytes)
    return Buffer.concat(answers).toString('latin1')
  } finally {
    client.close()
  }
}

for (const version of ['v1', 'v1alpha']) {
  t.test(`reflection ${version} lists the services of each port`, async (t) => {
    for (const { endpoint, services } of listeners) {
      const answer = await listByReflection(endpoint, version)
      for (const service of services) t.ok(answer.includes(service), service)
    }
  })
}

t.test('FindTraces by grpcurl', needs('grpcurl', 'otlp-sdk-go'), async (t) => {
  const startMs = Date.now() - 600_000
  const at = (ms: number) => new Date(startMs + ms).toISOString()
  const sending = { endpoint: otlpGrpc, run: 'grpcurl', traces: 4, startMs, gzip: false }
  const ids = traceIds(await send<SentSpan>('otlp-sdk-go', sending))
  const everything = { start_time_min: at(-1000), start_time_max: at(60_000), search_depth: 20 }

  /** Trace i starts i seconds after the first; its cart span takes 50 + i ms; odd ones fail. */
  const searches: readonly {
    readonly name: string
    readonly query: object
    readonly tags?: Readonly<Record<string, string>>
    readonly expected: readonly number[]
  }[] = [
    { name: 'a service', query: { service_name: 'go-shop' }, expected: [3, 2, 1, 0] },
    { name: 'the other service', query: { service_name: 'go-stock' }, expected: [3, 2, 1, 0] },
    { name: 'no such service', query: { service_name: 'go' }, expected: [] },
    {
      name: 'an operation',
      query: { service_name: 'go-shop', operation_name: 'order placed' },
      expected: [3, 2, 1, 0],
    },
    {
      name: 'an operation of the other service',
      query: { service_name: 'go-stock', operation_name: 'order placed' },
      expected: [],
    },
    {
      name: 'an int attribute',
      query: { service_name: 'go-shop' },
      tags: { 'http.status_code': '500' },
      expected: [3, 1],
    },
    {
      name: 'an int attribute beyond 2^53',
      query: { service_name: 'go-shop' },
      tags: { 'cart.number': '9007199254740995' },
      expected: [2],
    },
    {
      name: 'a bool, a double and a string at once',
      query: { service_name: 'go-shop' },
      tags: { 'cart.paid': 'true', 'cart.total': '14.5', 'http.route': '/cart' },
      expected: [2],
    },
    {
      name: 'an attribute of the resource alone',
      query: { service_name: 'go-stock' },
      tags: { 'host.cpus': '8' },
      expected: [3, 2, 1, 0],
    },
    {
      name: 'a failed span',
      query: { service_name: 'go-stock' },
      tags: { error: 'true' },
      expected: [3, 1],
    },
    {
      name: 'an attribute, without a service',
      query: {},
      tags: { 'stock.sku': 'tea-1' },
      expected: [3, 2, 1, 0],
    },
    {
      name: 'conditions that hold only on different spans',
      query: { service_name: 'go-shop', operation_name: 'stock.Reserve' },
      tags: { 'http.status_code': '500' },
      expected: [],
    },
    {
      name: 'a least duration',
      query: { service_name: 'go-shop', duration_min: '0.052s' },
      expected: [3, 2],
    },
    {
      name: 'a most duration',
      query: { service_name: 'go-shop', operation_name: 'GET /cart', duration_max: '0.051s' },
      expected: [1, 0],
    },
    {
      name: 'a duration and an attribute',
      query: { service_name: 'go-shop', duration_min: '0.052s' },
      tags: { 'http.status_code': '500' },
      expected: [3],
    },
    {
      name: 'a window, its start included and its end not',
      query: {
        service_name: 'go-shop',
        operation_name: 'GET /cart',
        start_time_min: at(1000),
        start_time_max: at(3000),
      },
      expected: [2, 1],
    },
    {
      name: 'a limit, the newest first',
      query: { service_name: 'go-shop', search_depth: 2 },
      expected: [3, 2],
    },
  ]

  const apis = { api_v2: 'tags', api_v3: 'attributes' } as const
  for (const [api, attributes] of Object.entries(apis)) {
    for (const { name, query, tags, expected } of searches) {
      const filter = tags === undefined ? {} : { [attributes]: tags }
      const request = { query: { ...everything, ...query, ...filter } }
      const found = await grpcurl(queryGrpc, `jaeger.${api}.QueryService/FindTraces`, request)
      t.equal(found.code, 0, found.stderr)
      const wanted = expected.map((i) => ids[i])
      t.strictSame(foundTraceIds(found.stdout), wanted, `${api} finds by ${name}`)
      t.equal(messages(found.stdout).flatMap(spansOf).length, expected.length * 4)
    }
  }

  t.test('GetTrace by both APIs', async (t) => {
    const [traceId = ''] = ids
    const requests = {
      'jaeger.api_v2.QueryService/GetTrace': { trace_id: base64Of(traceId) },
      'jaeger.api_v3.QueryService/GetTrace': { trace_id: traceId },
    }
    for (const [method, request] of Object.entries(requests)) {
      const found = await grpcurl(queryGrpc, method, request)
      t.strictSame(foundTraceIds(found.stdout), [traceId], method)
      t.equal(messages(found.stdout).flatMap(spansOf).length, 4)
    }
  })

  t.test('FindTraceSummaries', async (t) => {
    const request = { query: { ...everything, service_name: 'go-stock' } }
    const method = 'jaeger.api_v3.QueryService/FindTraceSummaries'
    const { code, stdout, stderr } = await grpcurl(queryGrpc, method, request)
    t.equal(code, 0, stderr)
    const summaries = messages(stdout).flatMap(
      (message) => (message as { readonly summaries?: readonly unknown[] }).summaries ?? [],
    )
    const expected = [3, 2, 1, 0].map((i) => ({
      traceId: ids[i],
      rootServiceName: 'go-shop',
      rootOperationName: 'GET /cart',
      spanCount: 4,
    }))
    t.match(summaries, expected)
  })
})

const now = new Date().toISOString()
const unknownId = 'abcdefabcdefabcdefabcdefabcdef01'
const window = { start_time_min: '2020-01-01T00:00:00Z', start_time_max: now }

const refusals: readonly (readonly [
  name: string,
  method: string,
  request: object,
  status: keyof typeof grpcExit,
])[] = [
  [
    'an unknown trace',
    'api_v2.QueryService/GetTrace',
    { trace_id: base64Of(unknownId) },
    'NOT_FOUND',
  ],
  ['an unknown trace', 'api_v3.QueryService/GetTrace', { trace_id: unknownId }, 'NOT_FOUND'],
  ['no trace id', 'api_v2.QueryService/GetTrace', {}, 'INVALID_ARGUMENT'],
  [
    '15 bytes of id',
    'api_v2.QueryService/GetTrace',
    { trace_id: base64Of('01'.repeat(15)) },
    'INVALID_ARGUMENT',
  ],
  ['an id that is no hex', 'api_v3.QueryService/GetTrace', { trace_id: 'zz' }, 'INVALID_ARGUMENT'],
  ['no query', 'api_v2.QueryService/FindTraces', {}, 'INVALID_ARGUMENT'],
  ['no query', 'api_v3.QueryService/FindTraces', {}, 'INVALID_ARGUMENT'],
  [
    'no window',
    'api_v3.QueryService/FindTraces',
    { query: { service_name: 'a' } },
    'INVALID_ARGUMENT',
  ],
  [
    'a filter of nothing',
    'api_v3.QueryService/FindTraces',
    { query: { ...window, filter: { op: 'and' } } },
    'INVALID_ARGUMENT',
  ],
  [
    'the archive of an unknown trace',
    'api_v2.QueryService/ArchiveTrace',
    { trace_id: base64Of(unknownId) },
    'NOT_FOUND',
  ],
  [
    'dependencies of no time',
    'api_v3.QueryService/GetDependencies',
    { start_time: now, end_time: now },
    'INVALID_ARGUMENT',
  ],
]

for (const [name, method, request, status] of refusals) {
  t.test(`${method} answers ${status} for ${name}`, needs('grpcurl'), async (t) => {
    const { code, stderr } = await grpcurl(queryGrpc, `jaeger.${method}`, request)
    t.equal(code, grpcExit[status], stderr)
  })
}
