import type { ServiceError } from '@grpc/grpc-js'
import { credentials, loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import t from 'tap'
import type { Batch } from '../../proto/gen/jaeger/api_v2/Batch.ts'
import type { ProtoGrpcType } from '../../proto/gen/spangate.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { projectRoot } from '../project-root.ts'
import { list, object } from './strict-json.ts'

// What was seen on a running Jaeger 2.20.0 with its memory store, in its API of the same version here.
// Where the two differ on purpose, docs/differences.md has the row.

t.setTimeout(120_000)

const gateway = await GatewayProcess.start({ store: 'memory:' })
t.teardown(() => gateway.stop())
const { jaegerGrpc, queryHttp } = await gateway.ready()

const published = loadPackageDefinition(
  loadSync('jaeger/api_v2/collector.proto', { includeDirs: [`${projectRoot}/proto`] }),
) as unknown as ProtoGrpcType

async function post(batch: Batch): Promise<void> {
  const { CollectorService } = published.jaeger.api_v2
  const client = new CollectorService(jaegerGrpc, credentials.createInsecure())
  await new Promise<void>((resolve, reject) => {
    client.postSpans({ batch }, (error: ServiceError | null) => {
      if (error === null) resolve()
      else reject(error)
    })
  })
  client.close()
}

async function get(path: string): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await fetch(`http://${queryHttp}${path}`)
  const body = await response.text()
  return { status: response.status, json: body.startsWith('{') ? JSON.parse(body) : body }
}

async function traceOf(id: string): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await get(`/api/traces/${id}`)
  return object(list(object(json)['data'])[0])
}

/** Keys of tags in their order. */
function keysOf(tags: unknown): unknown[] {
  return list(tags).map((tag) => object(tag)['key'])
}

const id = (number: number, length: number) => Buffer.alloc(length).fill(number, length - 1)
const nowSeconds = Math.floor(Date.now() / 1000) - 60

t.test(
  'an empty store has services [], and operations null for a service that is none',
  async (t) => {
    t.same(await get('/api/services'), {
      status: 200,
      json: { data: [], total: 0, limit: 0, offset: 0, errors: null },
    })
    t.same(await get('/api/services/nosuch/operations'), {
      status: 200,
      json: { data: null, total: 0, limit: 0, offset: 0, errors: null },
    })
  },
)

t.test('a Jaeger span comes back in the names of OpenTelemetry', async (t) => {
  await post({
    process: {
      serviceName: 'svcA',
      tags: [
        { key: 'hostname', vStr: 'h1' },
        { key: 'jaeger.version', vStr: 'Go-2.30' },
        { key: 'ip', vType: 'INT64', vInt64: 2_130_706_433 },
      ],
    },
    spans: [
      {
        traceId: id(1, 16),
        spanId: id(1, 8),
        operationName: 'op',
        startTime: { seconds: nowSeconds, nanos: 123_456_789 },
        duration: { seconds: 0, nanos: 5_000_999 },
        tags: [
          { key: 'otel.scope.name', vStr: 'lib' },
          { key: 'error', vType: 'BOOL', vBool: true },
          { key: 'span.kind', vStr: 'server' },
          { key: 'w3c.tracestate', vStr: 'a=b' },
          { key: 'big', vType: 'INT64', vInt64: '9007199254740993' },
          { key: 'bytes', vType: 'BINARY', vBinary: Buffer.of(0, 1, 255) },
        ],
        logs: [
          {
            timestamp: { seconds: nowSeconds, nanos: 1999 },
            fields: [{ key: 'event', vStr: 'e' }],
          },
        ],
      },
    ],
  })
  const trace = await traceOf('1')
  t.equal(trace['traceID'], '0000000000000001')
  const [span] = list(trace['spans']).map(object)
  t.equal(span?.['startTime'], nowSeconds * 1_000_000 + 123_456)
  t.equal(span?.['duration'], 5000)
  t.same(keysOf(span?.['tags']), [
    'otel.scope.name',
    'big',
    'bytes',
    'span.kind',
    'otel.status_code',
    'error',
    'w3c.tracestate',
  ])
  t.match(list(span?.['tags']).slice(1, 3), [
    { type: 'int64', value: '9007199254740993' },
    { type: 'binary', value: 'AAH/' },
  ])
  t.match(list(span?.['logs']), [
    {
      timestamp: nowSeconds * 1_000_000 + 1,
      fields: [{ key: 'event', type: 'string', value: 'e' }],
    },
  ])
  t.match(object(trace['processes'])['p1'], {
    serviceName: 'svcA',
    tags: [
      { key: 'host.name', value: 'h1' },
      { key: 'opencensus.exporterversion', value: 'Jaeger-Go-2.30' },
      { key: 'ip', type: 'string', value: '127.0.0.1' },
    ],
  })
})

t.test('error as text is an attribute, and no error', async (t) => {
  await post({
    process: { serviceName: 'svcB' },
    spans: [
      {
        traceId: id(2, 16),
        spanId: id(1, 8),
        operationName: 'op',
        startTime: { seconds: nowSeconds },
        duration: { nanos: 1_000_000 },
        tags: [{ key: 'error', vStr: 'true' }],
      },
    ],
  })
  const [span] = list((await traceOf('2'))['spans']).map(object)
  t.same(span?.['tags'], [{ key: 'error', type: 'string', value: 'true' }])
  const window = 'query.startTimeMin=2000-01-01T00:00:00Z&query.startTimeMax=2200-01-01T00:00:00Z'
  const { json } = await get(`/api/v3/trace-summaries?${window}&query.serviceName=svcB`)
  const [summary] = list(object(json)['summaries']).map(object)
  t.equal(summary?.['spanCount'], 1)
  t.notOk('errorSpanCount' in (summary ?? {}))
  t.notOk('orphanSpanCount' in (summary ?? {}))
})

t.test('a span without process and name is stored under names that say so', async (t) => {
  await post({
    spans: [
      {
        traceId: id(3, 16),
        spanId: id(1, 8),
        startTime: { seconds: nowSeconds },
        duration: { nanos: 1000 },
      },
    ],
  })
  const trace = await traceOf('3')
  t.match(object(trace['processes'])['p1'], { serviceName: 'missing-service-name' })
  t.match(list(trace['spans'])[0], { operationName: 'empty-span-name' })
})

t.test('api_v3 has an empty status and scope, and leaves out what is 0', async (t) => {
  const { json } = await get('/api/v3/traces/2')
  const { resourceSpans } = object(object(json)['result'])
  const { scopeSpans } = object(list(resourceSpans)[0])
  const { scope, spans } = object(list(scopeSpans)[0])
  t.same(scope, {})
  const span = object(list(spans)[0])
  t.same(span['status'], {})
  for (const name of ['parentSpanId', 'kind', 'flags']) t.notOk(name in span, name)
})

t.test('a wrong method is 404, and so is a path that is none', async (t) => {
  for (const path of ['/api/nosuch', '/api/v3/dependencies']) {
    t.same(await get(path), { status: 404, json: '404 page not found\n' })
  }
  const { status } = await fetch(`http://${queryHttp}/api/services`, { method: 'POST' })
  t.equal(status, 404)
})

t.test('errors are JSON that is sent as text, and every answer has a traceresponse', async (t) => {
  for (const path of ['/api/services', '/api/traces/zz', '/api/v3/traces', '/nothing']) {
    const response = await fetch(`http://${queryHttp}${path}`)
    await response.text()
    t.equal(response.headers.get('traceresponse'), '', path)
    const expected = path === '/api/services' ? 'application/json' : 'text/plain; charset=utf-8'
    t.equal(response.headers.get('content-type'), expected, path)
  }
})
