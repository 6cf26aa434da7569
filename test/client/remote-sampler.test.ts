import { writeFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import type { Test } from 'tap'
import t from 'tap'
import type { StrategyServer } from '../../src/client/remote-sampler.ts'
import { createRemoteSampler } from '../../src/client/remote-sampler.ts'
import type { Addresses } from '../e2e/gateway-process.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'

t.setTimeout(120_000)

const limits = { pollMs: 50, retryMs: 50 }

function start(t: Test, server: StrategyServer) {
  const problems: string[] = []
  const onProblem = (message: string) => problems.push(message)
  const sampler = createRemoteSampler({ ...server, service: 'Zürich & co', limits, onProblem })
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

for (const [name, serverOf] of Object.entries(servers)) {
  t.test(`createRemoteSampler() follows the program by ${name}, and outlives it`, async (t) => {
    const file = join(testDirectory(t), 'strategies.json')
    writeFileSync(file, documentOf(1, 0.5))
    const args = ['--sampling.strategies', file, '--sampling.reload-interval', '50ms']
    const gateway = await GatewayProcess.start({ store: 'memory:', args })
    t.teardown(() => gateway.stop())
    const { kept, problems } = start(t, serverOf(await gateway.ready()))
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
