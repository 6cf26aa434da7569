import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Test } from 'tap'
import t from 'tap'
import type { SamplingStrategyResponse__Output } from '../../proto/gen/jaeger/api_v2/SamplingStrategyResponse.ts'
import type { ProtoGrpcType } from '../../proto/gen/spangate.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { bufferClient, failure, until } from '../transport/start-listener.ts'
import { readMetrics } from './admin-client.ts'
import type { Addresses } from './gateway-process.ts'
import { GatewayProcess } from './gateway-process.ts'

t.setTimeout(120_000)

const published = loadPackageDefinition(
  loadSync('jaeger/api_v2/sampling.proto', {
    includeDirs: [`${projectRoot}/proto`],
    defaults: true,
    enums: String,
  }),
) as unknown as ProtoGrpcType

const document = (param: number) =>
  JSON.stringify({
    default_strategy: { type: 'probabilistic', param },
    service_strategies: [{ service: 'stock', type: 'ratelimiting', param: 5 }],
  })

/** Paths that name a service, as `host:port/path`. */
const pathsOf = ({ samplingHttp, jaegerHttp }: Addresses) => [
  `${samplingHttp}/`,
  `${samplingHttp}/sampling`,
  `${samplingHttp}/baggageRestrictions`,
  `${jaegerHttp}/api/sampling`,
]
const grpcOf = ({ samplingGrpc, jaegerGrpc }: Addresses) => [samplingGrpc, jaegerGrpc]

async function get(url: string) {
  const response = await fetch(`http://${url}`)
  const type = response.headers.get('content-type')
  return { status: response.status, type, body: await response.text() }
}

/** Status of a GET, or why there was none: a client that still sends may see a reset before the answer. */
async function statusOf(url: string): Promise<string> {
  return await new Promise((resolve) => {
    const sent = request(`http://${url}`, ({ statusCode }) => resolve(String(statusCode)))
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sent.end()
  })
}

async function ask(address: string, service: string): Promise<SamplingStrategyResponse__Output> {
  const { SamplingManager } = published.jaeger.api_v2
  const client = new SamplingManager(address, credentials.createInsecure())
  try {
    return await new Promise((resolve, reject) => {
      client.getSamplingStrategy({ serviceName: service }, (error, answer) => {
        if (answer === undefined) reject(error)
        else resolve(answer)
      })
    })
  } finally {
    client.close()
  }
}

async function start(t: Test, args: readonly string[]) {
  const gateway = await GatewayProcess.start({ store: 'memory:', args })
  t.teardown(() => gateway.stop())
  return { gateway, addresses: await gateway.ready() }
}

/** Asks everything that should not be asked, and looks whether the answers are those of Jaeger. */
async function askBadly(t: Test, addresses: Addresses): Promise<void> {
  for (const path of pathsOf(addresses)) {
    for (const query of ['', '?', '?Service=a', '?service=a&service=a', '?service&service=']) {
      t.strictSame(await get(`${path}${query}`), {
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: "'service' parameter must be provided once\n",
      })
    }
    const isBaggage = path.endsWith('baggageRestrictions')
    for (const query of ['service=', 'service', 'service=%00%ff%zz', 'a&service=b&c=d']) {
      t.equal((await get(`${path}?${query}`)).status, isBaggage ? 501 : 200, `${path}?${query}`)
    }
    const large = await statusOf(`${path}?service=${'a'.repeat(1_000_000)}`)
    t.match(large, /^(431|ECONNRESET|EPIPE)$/, `${path} of 1 MB`)
  }
  for (const address of grpcOf(addresses)) {
    const unknown = await ask(address, 'nobody')
    for (const service of ['', 'a'.repeat(1_000_000), '\u0000', '😀'.repeat(1000)]) {
      t.strictSame(await ask(address, service), unknown, `${address} of ${service.slice(0, 8)}`)
    }
    const client = bufferClient(address, {
      path: '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
    })
    t.strictSame(
      await client.call(Buffer.alloc(0)),
      await client.call(Buffer.of(0x0a, 0)),
      'no name',
    )
    // Of two the last counts, as protobuf says.
    const twice = Buffer.from('\n\u0005other\n\u0005stock')
    t.strictSame(await client.call(twice), await client.call(Buffer.from('\n\u0005stock')))
    for (const bytes of [Buffer.of(0x0a, 5, 65), Buffer.of(0x0a, 1, 0xff), Buffer.from('GET /')]) {
      t.equal((await failure(client.call(bytes))).code, status.INVALID_ARGUMENT)
    }
    client.close()
  }
}

t.test('bad questions have the answers of Jaeger, and every port lives on', async (t) => {
  const file = join(testDirectory(t), 'strategies.json')
  writeFileSync(file, document(0.5))
  const { gateway, addresses } = await start(t, ['--sampling.strategies', file])
  await askBadly(t, addresses)
  t.match(await get(`${addresses.samplingHttp}/sampling?service=nobody`), {
    status: 200,
    type: 'application/json',
    body: '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}',
  })
  for (const address of grpcOf(addresses)) {
    t.match(await ask(address, 'stock'), {
      strategyType: 'RATE_LIMITING',
      rateLimitingSampling: { maxTracesPerSecond: 5 },
    })
  }
  t.equal((await gateway.stop()).code, 0)
})

t.test('so they have where shares adapt, and no name of 1 MB is kept', async (t) => {
  const { gateway, addresses } = await start(t, ['--sampling.mode', 'adaptive'])
  await askBadly(t, addresses)
  const sum = await readMetrics(addresses.admin)
  // nobody, b, other, stock, the emoji's 2,000 letters are too many; and what is not UTF-8.
  t.ok(sum('spangate_sampling_services') <= 8, `${sum('spangate_sampling_services')} services`)
  t.match(await ask(addresses.samplingGrpc, 'stock'), {
    strategyType: 'PROBABILISTIC',
    operationSampling: { defaultSamplingProbability: 0.001, perOperationStrategies: [] },
  })
  t.equal((await gateway.stop()).code, 0)
})

t.test('half of a file changes no answer of any port, and the whole one does', async (t) => {
  const file = join(testDirectory(t), 'strategies.json')
  writeFileSync(file, document(0.5))
  const args = ['--sampling.strategies', file, '--sampling.reload-interval', '50ms']
  const { gateway, addresses } = await start(t, args)
  const shares = async () => {
    const paths = pathsOf(addresses).filter((path) => !path.endsWith('baggageRestrictions'))
    const http = await Promise.all(paths.map((path) => get(`${path}?service=nobody`)))
    const grpc = await Promise.all(grpcOf(addresses).map((address) => ask(address, 'nobody')))
    return [
      ...http.map(({ body }) => JSON.parse(body)['probabilisticSampling']['samplingRate']),
      ...grpc.map((answer) => answer.probabilisticSampling?.samplingRate),
    ]
  }
  const loads = async (outcome: string) =>
    (await readMetrics(addresses.admin))('spangate_sampling_loads_total', { outcome })
  const whole = document(0.25)
  for (const part of [whole.slice(0, whole.length / 2), '', whole.slice(0, -1)]) {
    const before = await loads('bad')
    writeFileSync(file, part)
    await until(async () => (await loads('bad')) > before)
    t.strictSame(await shares(), [0.5, 0.5, 0.5, 0.5, 0.5])
  }
  writeFileSync(file, whole)
  await until(async () => (await loads('changed')) > 1)
  t.strictSame(await shares(), [0.25, 0.25, 0.25, 0.25, 0.25])
  await gateway.says('line 1: the document cannot be read')
  t.equal((await gateway.stop()).code, 0)
})
