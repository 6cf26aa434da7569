import t from 'tap'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { sampleBatch, sampleGroup, sampleSpan, spanIdOf, traceIdOf } from '../conformance/sample.ts'
import { OtlpClient } from '../e2e/gateway-clients.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { GrafanaClient } from './grafana-client.ts'
import { JaegerUiClient } from './jaeger-ui-client.ts'

// Clients of our own with the requests of Jaeger's user interface and of Grafana's data source, which read
// every field that those read, against the whole program.

t.setTimeout(120_000)

const gateway = await GatewayProcess.start({ store: 'memory:' })
t.teardown(() => gateway.stop())
const { otlpGrpc, queryHttp } = await gateway.ready()
const ui = new JaegerUiClient(queryHttp)
const grafana = new GrafanaClient(queryHttp)

const startMicros = (Date.now() - 60_000) * 1000
const shopId = '0000000000000001'
const longId = '00000000000000070000000000000002'
const times = { startMicros: startMicros - 1_000_000, endMicros: startMicros + 120_000_000 }
const shop = [
  sampleGroup(
    [
      sampleSpan({
        trace: 1,
        id: 1,
        startMicros,
        durationNano: 250_000_000n,
        name: 'GET /cart',
        kind: 2,
        flags: 1,
        status: { code: 2, message: 'out of stock' },
        attributes: {
          'http.status_code': 500n,
          big: 2n ** 60n,
          ratio: 0.5,
          ok: true,
          raw: Uint8Array.of(0, 1, 255),
        },
        events: [
          {
            name: 'cache.miss',
            timeUnixNano: BigInt(startMicros) * 1000n + 1_000_000n,
            attributes: [{ key: 'key', value: { kind: 'string', value: 'cart' } }],
            droppedAttributesCount: 0,
          },
        ],
      }),
    ],
    { service: 'cart & co/1', resource: { 'host.name': 'a' } },
  ),
  sampleGroup(
    [
      sampleSpan({
        trace: 1,
        id: 2,
        parent: 1,
        startMicros: startMicros + 1000,
        durationNano: 5_000_000n,
        name: 'SELECT',
        kind: 3,
        links: [
          {
            traceId: traceIdOf(2, 7),
            spanId: spanIdOf(5),
            traceState: '',
            attributes: [],
            droppedAttributesCount: 0,
            flags: 0,
          },
        ],
      }),
    ],
    { service: 'stock', resource: { 'host.name': 'a' } },
  ),
]
const other = [
  sampleGroup(
    [sampleSpan({ trace: traceIdOf(2, 7), id: 1, startMicros: startMicros + 5000, name: 'tick' })],
    {
      service: 'cron',
    },
  ),
]
const otlp = new OtlpClient(otlpGrpc)
for (const groups of [shop, other]) {
  const { code } = await otlp.export(encodeTracesData(sampleBatch(groups, 0)))
  // An assertion here would end the test before its subtests.
  if (code !== 'OK') throw new Error(`export: ${code}`)
}
otlp.close()

t.test("Jaeger's user interface lists services and operations", async (t) => {
  const services = ['cart & co/1', 'cron', 'stock']
  t.same(await ui.services(), services)
  t.same(await ui.servicesV3(), services)
  t.same(await ui.serviceOperations('cart & co/1'), ['GET /cart'])
  t.same(await ui.serviceOperations('nosuch'), [])
  t.same(await ui.serverOperations('cart & co/1'), ['GET /cart'])
  t.same(await ui.serverOperations('stock'), [])
  t.same(await ui.spanNames('stock'), [{ name: 'SELECT', spanKind: 'client' }])
})

t.test("Jaeger's user interface shows a trace", async (t) => {
  const trace = await ui.trace(shopId)
  t.equal(trace?.traceID, shopId)
  const spans = new Map(trace?.spans.map((span) => [span.operationName, span]))
  const root = spans.get('GET /cart')
  t.match(root, {
    spanID: shopId,
    serviceName: 'cart & co/1',
    startTime: startMicros,
    duration: 250_000,
    references: [],
    warnings: [],
  })
  t.same(
    root?.tags,
    new Map<string, unknown>([
      ['http.status_code', 500],
      ['big', '1152921504606846976'],
      ['ratio', 0.5],
      ['ok', true],
      ['raw', 'AAH/'],
      ['span.kind', 'server'],
      ['otel.status_code', 'ERROR'],
      ['error', true],
      ['otel.status_description', 'out of stock'],
    ]),
  )
  t.equal(root?.processTags.get('host.name'), 'a')
  t.equal(root?.logs[0]?.timestamp, startMicros + 1000)
  t.same(
    root?.logs[0]?.fields,
    new Map([
      ['event', 'cache.miss'],
      ['key', 'cart'],
    ]),
  )
  t.same(spans.get('SELECT')?.references, [
    { refType: 'CHILD_OF', traceID: shopId, spanID: shopId },
    { refType: 'FOLLOWS_FROM', traceID: longId, spanID: '0000000000000005' },
  ])
  await t.rejects(ui.trace('ffff'), { message: 'HTTP Error: trace not found' })
})

t.test("Jaeger's user interface searches, and compares traces", async (t) => {
  const idsOf = (traces: readonly { readonly traceID: string }[]) =>
    traces.map(({ traceID }) => traceID)
  const service = 'cart & co/1'
  t.same(idsOf(await ui.search({ service, ...times })), [shopId])
  t.same(
    idsOf(
      await ui.search({
        service,
        operation: 'GET /cart',
        tags: { error: 'true', 'http.status_code': '500' },
        minDuration: '200ms',
        maxDuration: '1.2s',
        ...times,
      }),
    ),
    [shopId],
  )
  t.same(idsOf(await ui.search({ service, minDuration: '1s', ...times })), [])
  await t.rejects(ui.search({ service, minDuration: '2s', maxDuration: '1s', ...times }), {
    message: "HTTP Error: 'maxDuration' should be greater than 'minDuration'",
  })
  const { traces, errors } = await ui.traces([shopId, 'ffff', longId])
  t.same(idsOf(traces), [shopId, longId])
  t.same(errors, [{ msg: 'trace not found', traceID: '000000000000ffff' }])
})

t.test("Jaeger's user interface lists summaries since 2.20", async (t) => {
  const window = {
    'query.startTimeMin': new Date(times.startMicros / 1000).toISOString(),
    'query.startTimeMax': new Date(times.endMicros / 1000).toISOString(),
    'query.searchDepth': '20',
  }
  t.same(
    await ui.summaries({
      ...window,
      'query.serviceName': 'stock',
      'query.attributes': '{"span.kind":"client"}',
    }),
    [
      {
        traceID: shopId.padStart(32, '0'),
        rootServiceName: 'cart & co/1',
        rootOperationName: 'GET /cart',
        startTime: startMicros,
        duration: 250_000,
        spanCount: 2,
        errorSpanCount: 1,
        services: ['cart & co/1', 'stock'],
      },
    ],
  )
  t.equal((await ui.summaries(window)).length, 2)
  t.same(await ui.summaries({ ...window, 'query.durationMin': '1h' }), [])
})

t.test("Jaeger's user interface opens files, archives, and shows what there is not", async (t) => {
  const scopeSpans = [
    {
      spans: [
        {
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          name: 'hello',
          startTimeUnixNano: '5000',
          endTimeUnixNano: '9000',
        },
      ],
    },
  ]
  const [trace] = await ui.transform({ resourceSpans: [{ scopeSpans }] })
  t.match(trace, {
    traceID: '5b8efff798038103d269b633813fc60c',
    spans: [{ operationName: 'hello', startTime: 5, duration: 4 }],
  })
  t.same(await ui.dependencies(Date.now(), 604_800_000), [])
  const nothing = { data: [], total: 0, limit: 0, offset: 0, errors: [] }
  t.same(await ui.archive(shopId), nothing)
  await t.rejects(ui.archive('ffff'), { message: 'HTTP Error: trace not found' })
  const query = `endTs=${Date.now()}&lookback=3600000&quantile=0.95&ratePer=600000&spanKind=server&step=60000`
  for (const type of ['latencies', 'calls', 'errors']) {
    await t.rejects(ui.metrics(type, ['cart', 'stock'], query), {
      message: 'HTTP Error: trace metrics are currently disabled - no metrics backend configured',
    })
  }
})

t.test("Grafana's data source lists, searches and shows", async (t) => {
  t.same(await grafana.services(), ['cart & co/1', 'cron', 'stock'])
  t.same(await grafana.operations('cart & co/1'), ['GET /cart'])
  t.same(await grafana.operations('nosuch'), [])
  const window = { start: String(times.startMicros), end: String(times.endMicros) }
  const found = await grafana.search({
    ...window,
    service: 'cart & co/1',
    operation: 'GET /cart',
    tags: '{"http.status_code":"500"}',
    minDuration: '100ms',
    maxDuration: '10s',
    limit: '20',
  })
  t.same(found, [
    { traceID: shopId, traceName: 'cart & co/1: GET /cart', startMicros, durationMicros: 250_000 },
  ])
  t.same(
    (await grafana.search(window)).map(({ traceID }) => traceID),
    [longId, shopId],
  )
  t.same(await grafana.search({ ...window, service: 'nosuch' }), [])
  // Its own times of a trace are ms where Jaeger's are µs.
  const wrong = { start: String(Date.now() - 3_600_000), end: String(Date.now()) }
  for (const sent of [{}, window, wrong]) {
    const spans = await grafana.trace(shopId, sent)
    const [child] = spans.filter(({ operationName }) => operationName === 'SELECT')
    t.match(child, {
      traceID: shopId,
      parentSpanID: shopId,
      serviceName: 'stock',
      serviceTags: [{ key: 'host.name', type: 'string', value: 'a' }],
      startMs: (startMicros + 1000) / 1000,
      durationMs: 5,
      references: [{ refType: 'FOLLOWS_FROM', traceID: longId, spanID: '0000000000000005' }],
    })
  }
  await t.rejects(grafana.trace('ffff'), { message: 'request failed: 404' })
  t.same(await grafana.dependencies(Date.now(), 3_600_000), [])
})
