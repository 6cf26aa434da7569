import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { needs, run, runJson } from './peers.ts'
import type { SentSpan } from './sent-spans.ts'
import { inOrder, query } from './sent-spans.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { otlpGrpc, zipkinHttp, jaegerUdpZipkin, queryGrpc } = await gateway.ready()
const endpoint = `http://${zipkinHttp}`

async function stored(traceId: string): Promise<readonly SentSpan[]> {
  const { spans, error } = await query<SentSpan>('v3', queryGrpc, 'trace', traceId)
  t.equal(error, undefined)
  return inOrder(spans ?? [])
}

/** Nobody answers a datagram: asks until its spans are there. */
async function storedLater(traceId: string): Promise<readonly SentSpan[]> {
  const endMs = performance.now() + 60_000
  for (;;) {
    const { spans = [] } = await query<SentSpan>('v3', queryGrpc, 'trace', traceId)
    if (spans.length > 0 || performance.now() > endMs) return spans
    await setTimeout(50)
  }
}

/** What every span has that has nothing else. */
const bare = {
  traceState: '',
  events: [],
  links: [],
  status: { code: 'unset', message: '' },
  scope: { name: '', version: '', attributes: {} },
}

const encodings = ['JSON_V2', 'PROTO3', 'JSON_V1', 'THRIFT']
for (const [at, encoding] of encodings.entries()) {
  t.test(
    `api_v3.GetTrace answers what Zipkin's reporter for Java sent as ${encoding}`,
    needs('zipkin-reporter', 'jaeger-query'),
    async (t) => {
      const shortId = `463ac35c9f6413a${at}`
      const { code, stderr } = await run('zipkin-reporter', [endpoint, encoding, shortId])
      t.equal(code, 0, stderr)
      const traceId = shortId.padStart(32, '0')
      const root = { 'service.name': { string: 'shop' } }
      const stock = { 'service.name': { string: 'stock' } }
      const sent = [
        {
          ...bare,
          traceId,
          spanId: '00000000000000a1',
          parentSpanId: '',
          name: 'get /cart',
          kind: 'server',
          startNano: '1795000000000001000',
          endNano: '1795000000030001000',
          resource: root,
          attributes: {
            'http.method': { string: 'GET' },
            'http.path': { string: '/cart/ü' },
            'network.local.address': { string: '10.1.2.3' },
            'net.host.port': { int: '8080' },
            'network.peer.address': { string: '192.0.2.7' },
            'net.peer.port': { int: '51000' },
          },
        },
        {
          ...bare,
          traceId,
          spanId: '00000000000000b2',
          parentSpanId: '00000000000000a1',
          name: 'get /stock',
          kind: 'client',
          startNano: '1795000000005000000',
          endNano: '1795000000025000000',
          resource: root,
          status: { code: 'error', message: '' },
          events: [{ name: 'retry "1"', timeNano: '1795000000006000000', attributes: {} }],
          attributes: {
            error: { string: 'timeout' },
            'network.local.address': { string: '10.1.2.3' },
            'net.host.port': { int: '8080' },
            'service.peer.name': { string: 'stock' },
            'network.peer.address': { string: '2001:db8::1' },
          },
        },
        {
          ...bare,
          traceId,
          spanId: '00000000000000b2',
          parentSpanId: '00000000000000a1',
          name: 'get /stock',
          kind: 'server',
          startNano: '1795000000007000000',
          endNano: '1795000000017000000',
          resource: stock,
          attributes: {
            items: { string: '3' },
            'network.local.address': { string: '2001:db8::1' },
            'zipkin.shared': { bool: true },
          },
        },
      ]
      const byStart = (spans: readonly SentSpan[]) =>
        [...spans].sort((a, b) => (a.startNano < b.startNano ? -1 : 1))
      t.strictSame(byStart(await stored(traceId)), sent)
    },
  )
}

t.test(
  "api_v3.GetTrace answers what the agent's client for Python sent by emitZipkinBatch to 5775",
  needs('zipkin-agent-python', 'jaeger-query'),
  async (t) => {
    const shortId = '463ac35c9f6413b0'
    const [host = '', udpPort = ''] = jaegerUdpZipkin.split(':')
    const { code, stderr } = await run('zipkin-agent-python', [host, udpPort, shortId])
    t.equal(code, 0, stderr)
    const traceId = shortId.padStart(32, '0')
    const sent = {
      ...bare,
      ...{ traceId, spanId: '00000000000000a1', parentSpanId: '', name: 'get /cart' },
      ...{ kind: 'server', startNano: '1795000000000001000', endNano: '1795000000030001000' },
      resource: { 'service.name': { string: 'shop' } },
      events: [{ name: 'retry', timeNano: '1795000000006000000', attributes: {} }],
      attributes: {
        'http.path': { string: '/cart/ü' },
        rows: { int: '256' },
        'network.local.address': { string: '10.1.2.3' },
        'net.host.port': port(8080),
      },
    }
    t.strictSame(await storedLater(traceId), [sent])
  },
)

interface Traced {
  readonly spans: readonly (Pick<SentSpan, 'traceId' | 'name' | 'kind'> & {
    readonly id: string
    readonly parentId: string
  })[]
  readonly startMs: number
}

for (const encoding of ['JSON_V2', 'JSON_V1']) {
  t.test(
    `api_v3.GetTrace answers what Zipkin's tracer for Node sent as ${encoding}`,
    needs('zipkin-tracer', 'jaeger-query'),
    async (t) => {
      const before = BigInt(Date.now()) * 1_000_000n
      const flags = ['--endpoint', endpoint, '--encoding', encoding]
      const { spans } = (await runJson('zipkin-tracer', flags)) as Traced
      t.equal(spans.length, 2)
      const found = await stored(spans[0]?.traceId ?? '')
      const after = BigInt(Date.now()) * 1_000_000n
      const local = { 'network.local.address': { string: '10.0.0.1' }, 'net.host.port': port(8080) }
      const expected = spans.map(({ traceId, id, parentId, name, kind }) => ({
        ...bare,
        ...{ traceId, spanId: id, parentSpanId: parentId, name, kind },
        resource: { 'service.name': { string: 'node-shop' } },
        ...(kind === 'server'
          ? { attributes: { ...local, 'http.path': { string: '/cart/ü' } } }
          : {
              status: { code: 'error', message: '' },
              attributes: {
                ...local,
                error: { string: 'timeout' },
                'service.peer.name': { string: 'node-stock' },
                'network.peer.address': { string: '10.0.0.2' },
                'net.peer.port': port(9000),
              },
            }),
      }))
      const events = found.flatMap((span) => span.events.map(({ name }) => [span.kind, name]))
      t.strictSame(events, [['server', 'cache "miss"']])
      t.strictSame(
        found.map(({ startNano, endNano, ...span }) => ({ ...span, events: [] })),
        inOrder(expected as unknown as readonly SentSpan[]),
      )
      for (const { startNano, endNano } of found) {
        t.ok(before - 1_000_000n <= BigInt(startNano) && BigInt(startNano) < BigInt(endNano))
        t.ok(BigInt(endNano) <= after + 1_000_000n)
      }
    },
  )
}

t.test(
  "api_v3.GetTrace answers what OpenTelemetry's exporter for Zipkin in Node sent",
  needs('otel-zipkin', 'jaeger-query'),
  async (t) => {
    const { spans, startMs } = (await runJson('otel-zipkin', ['--endpoint', endpoint])) as Traced
    const nano = (ms: number) => `${startMs + ms}000000`
    const [child, root] = spans
    const resource = {
      'service.name': { string: 'otel-shop' },
      'service.version': { string: '1.2' },
    }
    const expected = [
      {
        ...bare,
        ...{ traceId: child?.traceId, spanId: child?.id, parentSpanId: root?.id },
        ...{
          name: 'reserve',
          kind: 'unspecified',
          startNano: nano(5),
          endNano: nano(20),
          resource,
        },
        // The exporter gives the events' attributes and the status' message another place.
        attributes: { error: { string: 'no stock' } },
        events: [{ name: 'retry', timeNano: nano(7), attributes: {} }],
        status: { code: 'error', message: '' },
      },
      {
        ...bare,
        ...{ traceId: root?.traceId, spanId: root?.id, parentSpanId: '' },
        ...{ name: 'GET /cart', kind: 'server', startNano: nano(0), endNano: nano(30), resource },
        attributes: {
          'http.route': { string: '/cart' },
          items: { string: '3' },
          'is.new': { string: 'true' },
        },
        status: { code: 'ok', message: '' },
      },
    ]
    const found = await stored(root?.traceId ?? '')
    t.strictSame(found, inOrder(expected as unknown as readonly SentSpan[]))
  },
)

t.test(
  'grpcurl reports spans to zipkin.proto3.SpanService',
  needs('grpcurl', 'jaeger-query'),
  async (t) => {
    const traceId = '463ac35c9f6413ad48485a3953bb61aa'
    const span = {
      traceId: Buffer.from(traceId, 'hex').toString('base64'),
      id: Buffer.from('00000000000000c1', 'hex').toString('base64'),
      kind: 'PRODUCER',
      name: 'order placed',
      timestamp: '1795000000000001',
      duration: '5',
      localEndpoint: { serviceName: 'shop', ipv4: 'CgECAw==', port: 80 },
      tags: { k: 'v' },
    }
    const report = (spans: readonly object[]) =>
      run('grpcurl', [
        ...['-plaintext', '-max-time', '20', '-d', JSON.stringify({ spans })],
        ...[otlpGrpc, 'zipkin.proto3.SpanService/Report'],
      ])
    t.match(await report([span, { ...span, id: '' }]), { code: 0, stdout: '{}\n' })
    t.match(await stored(traceId), [
      {
        spanId: '00000000000000c1',
        kind: 'producer',
        name: 'order placed',
        startNano: '1795000000000001000',
        endNano: '1795000000000006000',
        attributes: { k: { string: 'v' }, 'network.local.address': { string: '10.1.2.3' } },
      },
    ])
    // 64 and the code of INVALID_ARGUMENT.
    const refused = await report([{ ...span, traceId: '' }])
    t.match(refused, { code: 67, stderr: /none is good: .* trace id has 0 bytes, must be 16/ })
  },
)

function port(number: number) {
  return { int: String(number) }
}
