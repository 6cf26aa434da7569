import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import type { Test } from 'tap'
import t from 'tap'
import type { StrategyServer } from '../../src/client/remote-sampler.ts'
import { createRemoteSampler } from '../../src/client/remote-sampler.ts'
import { readMetrics } from '../e2e/admin-client.ts'
import type { Addresses } from '../e2e/gateway-process.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'

t.setTimeout(120_000)

const execute = promisify(execFile)
const limits = { pollMs: 50, retryMs: 50 }

function start(t: Test, server: StrategyServer, pollMs = limits.pollMs) {
  const problems: string[] = []
  const sampler = createRemoteSampler({
    ...server,
    service: 'Zürich & co',
    limits: { ...limits, pollMs },
    onProblem: (message) => problems.push(message),
  })
  t.teardown(() => sampler.shutdown())
  const tracer = new BasicTracerProvider({ sampler }).getTracer('test')
  const kept = (name: string) => {
    const spans = Array.from({ length: 1000 }, () => tracer.startSpan(name, {}, ROOT_CONTEXT))
    return spans.filter((span) => span.spanContext().traceFlags === 1).length
  }
  return { sampler, kept, problems }
}

function documentOf(share: number, listed: number): string {
  const operation = { operation: 'listed', type: 'probabilistic', param: listed }
  const service = { service: 'Zürich & co', type: 'probabilistic', param: share }
  return JSON.stringify({ service_strategies: [{ ...service, operation_strategies: [operation] }] })
}

const isHalf = (kept: number) => kept > 400 && kept < 600

const servers: Readonly<Record<string, (addresses: Addresses) => StrategyServer>> = {
  'HTTP 5778': ({ samplingHttp }) => ({ endpoint: `http://${samplingHttp}` }),
  'HTTP 14268': ({ jaegerHttp }) => ({ endpoint: `http://${jaegerHttp}/api/sampling` }),
  'gRPC 5779': ({ samplingGrpc }) => ({ protocol: 'grpc', endpoint: samplingGrpc }),
  'gRPC 14250': ({ jaegerGrpc }) => ({ protocol: 'grpc', endpoint: `http://${jaegerGrpc}` }),
}

function serverOf(name: string, addresses: Addresses): StrategyServer {
  const server = servers[name]
  if (server === undefined) throw new Error(`there is no server ${name}`)
  return server(addresses)
}

for (const name of Object.keys(servers)) {
  t.test(`createRemoteSampler() follows the program by ${name}, and outlives it`, async (t) => {
    const file = join(testDirectory(t), 'strategies.json')
    writeFileSync(file, documentOf(1, 0.5))
    const args = ['--sampling.strategies', file, '--sampling.reload-interval', '50ms']
    const gateway = await GatewayProcess.start({ store: 'memory:', args })
    t.teardown(() => gateway.stop())
    const { kept, problems } = start(t, serverOf(name, await gateway.ready()))
    await until(() => kept('other') === 1000)
    t.ok(isHalf(kept('listed')))
    writeFileSync(file, documentOf(0.5, 1))
    await until(() => kept('listed') === 1000)
    t.ok(isHalf(kept('other')))
    t.strictSame(problems, [])
    await gateway.stop()
    await until(() => problems.length > 2)
    t.equal(kept('listed'), 1000, 'the last good answer')
    t.match(problems[0], /^Cannot learn what to sample: /)
  })
}

for (const [name, listener] of [
  ['HTTP 5778', 'sampling_http'],
  ['gRPC 5779', 'sampling_grpc'],
] as const) {
  t.test(
    `createRemoteSampler() keeps something else one poll after the file changed: ${name}`,
    async (t) => {
      const file = join(testDirectory(t), 'strategies.json')
      writeFileSync(file, documentOf(1, 0))
      const args = ['--sampling.strategies', file, '--sampling.reload-interval', '50ms']
      const gateway = await GatewayProcess.start({ store: 'memory:', args })
      t.teardown(() => gateway.stop())
      const addresses = await gateway.ready()
      const metrics = () => readMetrics(addresses.admin)
      const asked = async () => (await metrics())('spangate_sampling_requests_total', { listener })
      const { kept } = start(t, serverOf(name, addresses), 2000)
      await until(() => kept('other') === 1000)
      t.equal(kept('listed'), 0)
      writeFileSync(file, documentOf(0, 1))
      await until(async () => {
        return (await metrics())('spangate_sampling_loads_total', { outcome: 'changed' }) >= 2
      })
      const before = await asked()
      await until(() => kept('listed') === 1000)
      t.equal(kept('other'), 0)
      // One more may be under way when the spans are counted.
      const polls = (await asked()) - before
      t.ok(polls <= 2, `${polls} polls`)
    },
  )
}

t.test('createRemoteSampler() asks on while its server hangs, or answers nonsense', async (t) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const one of [{ endpoint: `http://${endpoint}` }, { protocol: 'grpc', endpoint }] as const) {
    const problems: string[] = []
    const sampler = createRemoteSampler({
      ...one,
      service: 'x',
      limits: { ...limits, timeoutMs: 50 },
      onProblem: (message) => problems.push(message),
    })
    await until(() => problems.length > 1)
    await sampler.shutdown()
    t.match(problems[0], /no answer within 50 ms|DEADLINE_EXCEEDED/)
  }
})

t.test('createRemoteSampler() refuses endpoints that are none', async (t) => {
  for (const server of [
    { endpoint: 'localhost:5778' },
    { protocol: 'grpc', endpoint: 'localhost' },
  ] as const) {
    t.throws(() => createRemoteSampler({ ...server, service: 'x' }), {
      name: 'RangeError',
      message: /^Cannot use endpoint "localhost/,
    })
  }
})

t.test(
  'createRemoteSampler() names a protocol that it does not know, and a missing service',
  async (t) => {
    const endpoint = 'http://127.0.0.1:1'
    const wrong = { protocol: 'http/protobuf', endpoint } as unknown as StrategyServer
    t.throws(() => createRemoteSampler({ ...wrong, service: 'x' }), {
      name: 'RangeError',
      message: 'Cannot use protocol "http/protobuf": must be "http" or "grpc"',
    })
    const nameless = { endpoint } as unknown as Parameters<typeof createRemoteSampler>[0]
    t.throws(() => createRemoteSampler(nameless), {
      name: 'RangeError',
      message: 'Cannot make sampler: service is undefined, must be a name',
    })
  },
)

t.test('createRemoteSampler() keeps no program alive, also while its server hangs', async (t) => {
  const server = createHttpServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  // Of a name Node tries several addresses, one after the other.
  for (const host of ['127.0.0.1', 'localhost']) {
    const program = join(projectRoot, 'dist/test/client/sample-and-end.js')
    const args = [program, `http://${host}:${port}`]
    // It ends at once or, alive, after ten minutes.
    const { stdout } = await execute(process.execPath, args, { timeout: 60_000 })
    t.equal(stdout, 'done\n', host)
  }
})

t.test('createRemoteSampler() asks behind what the endpoint has in its query', async (t) => {
  const asked: string[] = []
  const server = createHttpServer(({ url = '' }, response) => {
    asked.push(url)
    response.end('{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?key=a%20b`
  const { sampler, kept } = start(t, { endpoint })
  await until(() => kept('any') === 1000)
  t.equal(asked[0], '/sampling?key=a%20b&service=Z%C3%BCrich+%26+co')
  await sampler.shutdown()
})
