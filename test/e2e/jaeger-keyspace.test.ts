import { credentials } from '@grpc/grpc-js'
import t from 'tap'
import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import type { SpansResponseChunk__Output } from '../../proto/gen/jaeger/api_v2/SpansResponseChunk.ts'
import type { TraceQueryParameters } from '../../proto/gen/jaeger/api_v2/TraceQueryParameters.ts'
import type { SampleSpan } from '../conformance/sample.ts'
import { sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { published, unary } from '../query/query-port.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { makeJaegerKeyspace } from '../stores/cassandra/jaeger/jaeger-keyspace.ts'
import { writeOddRows } from '../stores/cassandra/jaeger/odd-rows.ts'
import { testCluster } from '../stores/cassandra/test-cluster.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(300_000)

t.test('a gateway in a keyspace that Jaeger has made', needsCassandra(), async (t) => {
  const cluster = await testCluster(t)
  await makeJaegerKeyspace(cluster, 'v004')
  const startMicros = (Date.now() - 600_000) * 1000
  await writeOddRows(cluster, startMicros)
  const gateway = await GatewayProcess.start({ store: cluster.address })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc } = await gateway.ready()
  const client = new published.jaeger.api_v2.QueryService(queryGrpc, credentials.createInsecure())
  t.teardown(() => client.close())
  /** Last bytes of the ids of traces, in the order of the answer. */
  const find = async (query: TraceQueryParameters): Promise<number[]> => {
    const found = new Set<number>()
    const call = client.findTraces({ query: { searchDepth: 10, ...query } })
    for await (const { spans } of call as AsyncIterable<SpansResponseChunk__Output>) {
      for (const { traceId } of spans) found.add(traceId.at(-1) ?? 0)
    }
    return [...found]
  }

  await t.test('finds by service, operation, two tags, duration and time together', async (t) => {
    const sender = new OtlpClient(otlpGrpc)
    t.teardown(() => sender.close())
    const near = (trace: number, more: Partial<SampleSpan> = {}) =>
      sampleSpan({
        trace,
        id: trace,
        kind: 2,
        name: 'first',
        startMicros: startMicros + trace,
        durationNano: 1_500_000n,
        attributes: { text: 'x', yes: true },
        ...more,
      })
    const groups = [
      sampleGroup([near(2), near(3, { attributes: { text: 'x' } }), near(4, { name: 'other' })], {
        service: 'front',
      }),
      sampleGroup([near(5, { durationNano: 1_501_000n }), near(6, { startMicros: 1 })], {
        service: 'front',
      }),
      sampleGroup([near(7)], { service: 'else' }),
      // Both tags, each on another span.
      sampleGroup(
        [near(8, { attributes: { text: 'x' } }), near(8, { id: 9, attributes: { yes: true } })],
        {
          service: 'front',
        },
      ),
    ]
    t.match(await sender.export(encodeGroups(groups)), { code: 'OK', rejectedSpans: 0 })
    const query: TraceQueryParameters = {
      serviceName: 'front',
      operationName: 'first',
      tags: { text: 'x', yes: 'true' },
      startTimeMin: timeOf(startMicros),
      startTimeMax: timeOf(startMicros + 10),
      durationMin: { seconds: '0', nanos: 1_500_000 },
      durationMax: { seconds: '0', nanos: 1_500_000 },
    }
    // One of Jaeger's and one of ours, the newest first, and no other.
    t.same(await find(query), [2, 1])
    t.same(await find({ ...query, searchDepth: 1 }), [2])
    t.same(await find({ ...query, startTimeMin: timeOf(startMicros + 1) }), [2])
    t.same(await find({ ...query, tags: { text: 'x' } }), [8, 3, 2, 1])
    t.same(await find({ ...query, serviceName: '' }), [7, 2, 1])
  })

  await t.test('lists services and links', async (t) => {
    const { message } = await unary((done) => client.getServices({}, done))
    t.strictSame(message, { services: ['back', 'else', 'front'] })
    const window = { startTime: timeOf(startMicros - 1000), endTime: timeOf(startMicros + 1000) }
    const links = await unary((done) => client.getDependencies(window, done))
    t.strictSame(links.message, {
      dependencies: [{ parent: 'front', child: 'back', callCount: '7', source: 'jaeger' }],
    })
  })

  await t.test('schema status, plan and migrate know it', async (t) => {
    const run = (...args: readonly string[]) =>
      runProgram(['schema', ...args, '--store', cluster.address], { timeoutMs: 120_000 })
    t.match(await run('status'), { code: 0, stdout: /Jaeger's tables, v004.*not recorded/ })
    t.match(await run('plan'), { code: 0, stdout: /'baseline v004'[\s\S]*GRANT MODIFY/ })
    t.match(await run('migrate'), { code: 0, stdout: /^baseline v004 recorded\n.*is recorded/ })
    t.match(await run('status'), { code: 0, stdout: /is recorded in the ledger/ })
    t.match(await run('plan'), { code: 0, stdout: '' })
    t.match(await run('verify'), { code: 0, stdout: /is as the files say/ })
  })
})

function timeOf(micros: number): { seconds: string; nanos: number } {
  const seconds = Math.floor(micros / 1_000_000)
  return { seconds: String(seconds), nanos: (micros - seconds * 1_000_000) * 1000 }
}
