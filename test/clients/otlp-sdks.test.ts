import t from 'tap'
import { readMetrics } from '../e2e/admin-client.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import type { PeerName } from './peers.ts'
import { needs, run } from './peers.ts'
import type { SentSpan } from './sent-spans.ts'
import { inOrder, query, send, traceIds } from './sent-spans.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { otlpGrpc, otlpHttp, queryGrpc, admin } = await gateway.ready()

const sdks = {
  node: 'otlp-sdk-node',
  python: 'otlp-sdk-python',
  go: 'otlp-sdk-go',
  java: 'otlp-sdk-java',
} as const satisfies Record<string, PeerName>

/** Each with the receiver and the format that it arrives by. */
const protocols = {
  grpc: { receiver: 'otlp_grpc', format: 'otlp_proto' },
  'http/protobuf': { receiver: 'otlp_http', format: 'otlp_proto' },
  'http/json': { receiver: 'otlp_http', format: 'otlp_json' },
} as const

async function storedBy(protocol: keyof typeof protocols): Promise<number> {
  const sum = await readMetrics(admin)
  return sum('spangate_spans_stored_total', protocols[protocol])
}

for (const [language, sdk] of Object.entries(sdks)) {
  for (const protocol of Object.keys(protocols) as (keyof typeof protocols)[]) {
    for (const gzip of [false, true]) {
      const how = `the OpenTelemetry SDK for ${language} over ${protocol}${gzip ? ' with gzip' : ''}`
      t.test(
        `GetTrace answers every span that ${how} sent`,
        needs(sdk, 'jaeger-query'),
        async (t) => {
          const before = await storedBy(protocol)
          const sent = await send<SentSpan>(sdk, {
            run: `${language}-${protocol}-${gzip}`,
            traces: 3,
            startMs: Date.now() - 60_000,
            gzip,
            ...(protocol === 'grpc' ? { endpoint: otlpGrpc } : { endpoint: otlpHttp, protocol }),
          })
          t.equal(sent.length, 12, 'three traces of four spans')
          t.equal((await storedBy(protocol)) - before, 12, `by ${protocol}`)
          t.equal(traceIds(sent).length, 3)
          for (const traceId of traceIds(sent)) {
            const found = await query<SentSpan>('v3', queryGrpc, 'trace', traceId)
            const expected = sent.filter((span) => span.traceId === traceId)
            t.strictSame(inOrder(found.spans ?? []), inOrder(expected))
          }
        },
      )
    }
  }
}

t.test('the story that is compared has every kind of content', needs('otlp-sdk-go'), async (t) => {
  const sent = await send<SentSpan>('otlp-sdk-go', {
    endpoint: otlpGrpc,
    run: 'content',
    traces: 2,
    startMs: Date.now() - 60_000,
    gzip: false,
  })
  const attributes = sent.flatMap((span) => Object.values(span.attributes))
  const types = new Set(attributes.flatMap((value) => Object.keys(value as object)))
  t.strictSame([...types].sort(), ['array', 'bool', 'bytes', 'double', 'int', 'map', 'string'])
  t.strictSame([...new Set(sent.map((span) => span.kind))].sort(), ['client', 'producer', 'server'])
  t.strictSame([...new Set(sent.map((span) => span.status.code))].sort(), ['error', 'ok', 'unset'])
  t.ok(sent.some((span) => span.events.length > 0))
  t.ok(sent.some((span) => span.links.length > 1))
  t.equal(new Set(sent.map((span) => JSON.stringify(span.resource))).size, 2, 'two services')
})

for (const protocol of ['gRPC', 'HTTP'] as const) {
  t.test(
    `FindTraces answers what telemetrygen sent over ${protocol}`,
    needs('telemetrygen', 'jaeger-query'),
    async (t) => {
      const service = `telemetrygen-${protocol}`
      const isHttp = protocol === 'HTTP'
      const to = [
        '--otlp-endpoint',
        isHttp ? otlpHttp : otlpGrpc,
        ...(isHttp ? ['--otlp-http'] : []),
      ]
      const flags = ['traces', ...to, '--otlp-insecure', '--service', service]
      const load = ['--traces', '20', '--child-spans', '4', '--span-links', '1', '--rate', '0']
      const more = ['--status-code', 'Error', '--telemetry-attributes', 'tier="gold"']
      const { code, stderr } = await run('telemetrygen', [...flags, ...load, ...more])
      t.equal(code, 0, stderr)

      const now = Date.now()
      const search = {
        service,
        attributes: { tier: 'gold' },
        startMinMs: now - 600_000,
        startMaxMs: now + 600_000,
        limit: 100,
      }
      const found = await query<SentSpan>('v3', queryGrpc, 'find', JSON.stringify(search))
      const spans = found.spans ?? []
      t.equal(traceIds(spans).length, 20)
      t.equal(spans.length, 20 * 5)
      for (const span of spans) {
        t.strictSame(span.resource['service.name'], { string: service })
        t.equal(span.status.code, 'error')
        t.strictSame(span.attributes['tier'], { string: 'gold' })
      }
      const roots = spans.filter((span) => span.parentSpanId === '')
      t.equal(roots.length, 20)
    },
  )
}

t.test(
  'services and operations of the SDKs are listed',
  needs('jaeger-query', 'otlp-sdk-go'),
  async (t) => {
    for (const api of ['v2', 'v3'] as const) {
      const { services } = await query<SentSpan>(api, queryGrpc, 'services')
      for (const service of ['go-shop', 'go-stock']) t.ok(services?.includes(service), service)
      const { operations } = await query<SentSpan>(api, queryGrpc, 'operations', 'go-shop')
      const expected = [
        { name: 'GET /cart', spanKind: 'server' },
        { name: 'order placed', spanKind: 'producer' },
        { name: 'stock.Reserve', spanKind: 'client' },
      ]
      t.strictSame(
        [...(operations ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
        expected,
        api,
      )
    }
  },
)
