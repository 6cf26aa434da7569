import t from 'tap'
import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import type { SampleSpan } from '../conformance/sample.ts'
import { sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { OtlpClient } from '../e2e/gateway-clients.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { makeJaegerKeyspace } from '../stores/cassandra/jaeger/jaeger-keyspace.ts'
import { openTestStore, testCluster } from '../stores/cassandra/test-cluster.ts'
import { needs, run } from './peers.ts'

t.setTimeout(300_000)

const startMs = Date.now() - 600_000
const at = (ms: number): string => new Date(startMs + ms).toISOString()

/** What one search asks for, all of it on one span; the first span has it all, each other one lacks one thing. */
const wanted: SampleSpan = {
  trace: 1,
  id: 1,
  kind: 2,
  name: 'GET /cart',
  startMicros: startMs * 1000,
  durationNano: 1_500_000n,
  attributes: { 'http.route': '/cart', paid: true, total: 14.5 },
}
const spans: readonly (readonly [service: string, span: Partial<SampleSpan>])[] = [
  ['front', {}],
  ['front', { startMicros: (startMs + 5) * 1000 }],
  ['back', {}],
  ['front', { name: 'GET /basket' }],
  ['front', { attributes: { 'http.route': '/cart' } }],
  ['front', { attributes: { paid: true } }],
  ['front', { durationNano: 1_501_000n }],
  ['front', { durationNano: 1_499_000n }],
  ['front', { startMicros: startMs * 1000 - 1 }],
  ['front', { startMicros: (startMs + 10) * 1000 }],
]
const groups = [
  ...spans.map(([service, span], index) =>
    sampleGroup([sampleSpan({ ...wanted, ...span, trace: index + 1 })], { service }),
  ),
  // Both attributes in one trace, each on a span of its own.
  sampleGroup(
    [
      sampleSpan({ ...wanted, trace: 90, attributes: { paid: true } }),
      sampleSpan({ ...wanted, trace: 90, id: 2, attributes: { 'http.route': '/cart' } }),
    ],
    { service: 'front' },
  ),
]

for (const layout of ['native', 'jaeger'] as const) {
  const skip = needsCassandra().skip || needs('grpcurl').skip
  t.test(`grpcurl finds what Cassandra has in layout ${layout}`, { skip }, async (t) => {
    const cluster = await testCluster(t)
    if (layout === 'jaeger') await makeJaegerKeyspace(cluster, 'v004')
    else await (await openTestStore(`${cluster.address}?migrate=auto`)).close()
    const gateway = await GatewayProcess.start({ store: cluster.address })
    t.teardown(() => gateway.stop())
    const { otlpGrpc, queryGrpc } = await gateway.ready()
    const sender = new OtlpClient(otlpGrpc)
    t.teardown(() => sender.close())
    t.match(await sender.export(encodeGroups(groups)), { code: 'OK', rejectedSpans: 0 })

    const query = {
      service_name: 'front',
      operation_name: 'GET /cart',
      start_time_min: at(0),
      start_time_max: at(10),
      duration_min: '0.0015s',
      duration_max: '0.0015s',
      search_depth: 20,
    }
    for (const [api, attributes] of [
      ['api_v2', 'tags'],
      ['api_v3', 'attributes'],
    ] as const) {
      const find = async (change: object): Promise<readonly number[]> => {
        const tags = { [attributes]: { 'http.route': '/cart', paid: 'true' } }
        const data = JSON.stringify({ query: { ...query, ...tags, ...change } })
        const method = `jaeger.${api}.QueryService/FindTraces`
        const found = await run('grpcurl', ['-plaintext', '-d', data, queryGrpc, method])
        t.equal(found.code, 0, found.stderr)
        return tracesIn(found.stdout)
      }
      t.same(await find({}), [2, 1], `${api}: the newest first, and no other`)
      t.same(await find({ search_depth: 1 }), [2], `${api}: the limit`)
      t.same(await find({ [attributes]: { paid: 'false' } }), [], `${api}: nothing`)
    }
  })
}

/** Last bytes of the trace ids in an answer, each once, in its order; grpcurl writes bytes in base64. */
function tracesIn(stdout: string): readonly number[] {
  const ids = Array.from(stdout.matchAll(/"traceId": "([^"]+)"/g), ([, id = '']) =>
    Buffer.from(id, 'base64').at(-1),
  )
  return [...new Set(ids.map((id) => id ?? 0))]
}
