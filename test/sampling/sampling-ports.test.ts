import { request } from 'node:http'
import { connect } from 'node:net'
import { status } from '@grpc/grpc-js'
import type { Test } from 'tap'
import t from 'tap'
import { decodeStrategy } from '../../bridge/jaeger-sampling/decode-strategy.ts'
import { readBaggageRestrictions } from '../../src/sampling/baggage-restrictions.ts'
import { readStrategies } from '../../src/sampling/read-strategies.ts'
import { agentRouter, collectorSamplingRouter } from '../../src/sampling/sampling-routes.ts'
import { samplingService } from '../../src/sampling/sampling-service.ts'
import type { Strategies } from '../../src/sampling/strategies.ts'
import { StrategyAnswers } from '../../src/sampling/strategy-answers.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { firstOf } from '../../src/transport/http-route.ts'
import { protobufMessages } from '../bridge/jaeger-sampling/protobuf-messages.ts'
import { startHttpListener } from '../transport/start-http-listener.ts'
import { bufferClient, failure, startListener } from '../transport/start-listener.ts'
import { sampleYaml } from './sample-strategies.ts'

const { strategies } = readStrategies(sampleYaml, 0.001)
const source = { current: strategies as Strategies }

async function startHttp(t: Test, baggage: readonly string[] = []) {
  const listener = await startHttpListener({
    countingRouter: (metrics) => {
      const answers = new StrategyAnswers(source, metrics)
      const restrictions = readBaggageRestrictions(baggage)
      return firstOf(agentRouter(answers, restrictions), collectorSamplingRouter(answers))
    },
  })
  t.teardown(() => listener.close())
  return { ...listener, url: `http://127.0.0.1:${listener.port}` }
}

async function get(url: string) {
  const response = await fetch(url)
  const { status, headers } = response
  return { status, type: headers.get('content-type'), body: await response.text() }
}

const stock =
  '"rateLimitingSampling":{"maxTracesPerSecond":5},"operationSampling":{"defaultSamplingProbability":0.5,"defaultLowerBoundTracesPerSecond":0,"perOperationStrategies":[{"operation":"/health","probabilisticSampling":{"samplingRate":0}},{"operation":"GET /cart","probabilisticSampling":{"samplingRate":0.25}}],"defaultUpperBoundTracesPerSecond":0}}'

t.test(
  'GET /sampling and /api/sampling name the kind of a strategy, GET / numbers it',
  async (t) => {
    const { url } = await startHttp(t)
    for (const [path, kind] of [
      ['/sampling', '"RATE_LIMITING"'],
      ['/api/sampling', '"RATE_LIMITING"'],
      ['/', '1'],
    ]) {
      t.strictSame(await get(`${url}${path}?service=stock`), {
        status: 200,
        type: 'application/json',
        body: `{"strategyType":${kind},${stock}`,
      })
    }
  },
)

t.test('a service that is named nowhere, or empty, gets the default', async (t) => {
  const { url, metrics } = await startHttp(t)
  for (const query of ['service=', 'service', 'service=st%20ock', 'a=b&service=STOCK&c']) {
    const { status, body } = await get(`${url}/sampling?${query}`)
    t.equal(status, 200)
    t.match(
      body,
      /^\{"strategyType":"PROBABILISTIC","probabilisticSampling":\{"samplingRate":0\.5\}/,
    )
  }
  await get(`${url}/sampling?service=st%6Fck`)
  const counted = await metrics.render()
  const line = (strategy: string) =>
    `spangate_sampling_requests_total{listener="sampling_http",strategy="${strategy}"}`
  t.match(counted, `${line('default')} 4`)
  t.match(counted, `${line('own')} 1`)
})

for (const path of ['/', '/sampling', '/api/sampling', '/baggageRestrictions']) {
  t.test(`GET ${path} with a service that is missing or repeated is 400`, async (t) => {
    const { url } = await startHttp(t)
    for (const query of ['', '?', '?Service=a', '?service=a&service=a', '?service&service=']) {
      t.strictSame(await get(`${url}${path}${query}`), {
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: "'service' parameter must be provided once\n",
      })
    }
  })
}

t.test(
  'GET /baggageRestrictions lists those of the settings, and without any is 501',
  async (t) => {
    const { url } = await startHttp(t, ['user:64', 'a:b:1'])
    t.strictSame(await get(`${url}/baggageRestrictions?service=cart`), {
      status: 200,
      type: 'application/json',
      body: '[{"baggageKey":"user","maxValueLength":64},{"baggageKey":"a:b","maxValueLength":1}]',
    })
    const { url: none } = await startHttp(t)
    t.strictSame(await get(`${none}/baggageRestrictions?service=cart`), {
      status: 501,
      type: 'text/plain; charset=utf-8',
      body: 'collector error: baggage restrictions not implemented\n',
    })
  },
)

t.test('readBaggageRestrictions() names the entry that is none', async (t) => {
  for (const entry of ['user', ':5', 'user:', 'user:-1', 'user:1.5', 'user:9999999999']) {
    t.throws(() => readBaggageRestrictions(['good:1', entry]), {
      code: 'bad_settings',
      message: `Cannot use sampling.baggage-restrictions: "${entry}" must be a key and a length, such as user:64`,
    })
  }
})

t.test('a route for GET answers HEAD without a body, and no other method', async (t) => {
  const { url } = await startHttp(t)
  const head = await fetch(`${url}/sampling?service=stock`, { method: 'HEAD' })
  t.equal(head.status, 200)
  t.equal(
    Number(head.headers.get('content-length')),
    `{"strategyType":"RATE_LIMITING",${stock}`.length,
  )
  for (const method of ['POST', 'PUT', 'OPTIONS']) {
    const response = await fetch(`${url}/sampling?service=stock`, { method })
    t.equal(response.status, 405, method)
    t.equal(response.headers.get('allow'), 'GET, HEAD')
  }
  t.equal((await get(`${url}/other?service=stock`)).status, 404)
})

t.test('a GET with a body is answered, and its connection serves the next', async (t) => {
  const { port } = await startHttp(t)
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  t.teardown(() => socket.destroy())
  const head = 'GET /sampling?service=stock HTTP/1.1\r\nHost: x\r\n'
  socket.write(`${head}Content-Length: 3\r\n\r\nabc${head}Connection: close\r\n\r\n`)
  let received = ''
  for await (const text of socket) received += text
  t.match(received, /^HTTP\/1\.1 200 OK/)
})

t.test('a service of 1 MB is 431, and the port lives on', async (t) => {
  const { url, port } = await startHttp(t)
  const path = `/sampling?service=${'a'.repeat(1_000_000)}`
  const code = await new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path }, ({ statusCode }) => resolve(statusCode))
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    sent.end()
  })
  t.ok(code === 431 || code === 'ECONNRESET' || code === 'EPIPE', String(code))
  t.equal((await get(`${url}/sampling?service=stock`)).status, 200)
})

const path = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy'

async function startGrpc(t: Test) {
  const services = ({ metrics }: { readonly metrics: Metrics }) => [
    samplingService(new StrategyAnswers(source, metrics), 'sampling_grpc'),
  ]
  const listener = await startListener({ services, maxMessageBytes: 2 * 1024 * 1024 })
  const client = bufferClient(`127.0.0.1:${listener.port}`, { path })
  t.teardown(async () => {
    client.close()
    await listener.close()
  })
  return { client, metrics: listener.metrics }
}

t.test('GetSamplingStrategy answers the strategy of the service, else the default', async (t) => {
  const { client, metrics } = await startGrpc(t)
  const { parametersOf } = protobufMessages()
  for (const [service, expected] of [
    ['stock', source.current.byService.get('stock')],
    ['', source.current.byDefault],
    ['a'.repeat(1_000_000), source.current.byDefault],
  ] as const) {
    const answer = decodeStrategy(await client.call(parametersOf(service)))
    t.match(answer.service, expected?.service)
    t.match(
      answer.operations?.listed,
      expected?.operations?.listed.map(({ operation }) => ({ operation })),
    )
  }
  t.match(
    await metrics.render(),
    'spangate_sampling_requests_total{listener="sampling_grpc",strategy="default"} 2',
  )
})

t.test('GetSamplingStrategy of bytes that are no question is INVALID_ARGUMENT', async (t) => {
  const { client } = await startGrpc(t)
  for (const bytes of [Buffer.of(0x0a, 5, 65), Buffer.of(0x08, 1), Buffer.of(0x0a, 1, 0xff)]) {
    const error = await failure(client.call(bytes))
    t.equal(error.code, status.INVALID_ARGUMENT)
    t.match(error.details, 'Cannot decode request')
  }
})

t.test(
  'StrategyAnswers encodes a strategy once, and anew when the strategies change',
  async (t) => {
    const metrics = { adder: () => () => {} }
    const changing = { ...source }
    const answers = new StrategyAnswers(changing, metrics)
    const first = answers.proto('nobody', 'x')
    t.equal(answers.proto('somebody', 'x'), first, 'the same bytes for the same strategy')
    const other = readStrategies('{}', 0.25).strategies as Strategies
    changing.current = other
    t.match(decodeStrategy(answers.proto('nobody', 'x')).service, { probability: 0.25 })
    t.match(answers.json('nobody', 'word', 'x'), '"samplingRate":0.25')
  },
)

t.test(
  'StrategyAnswers keep 16 MiB of answers, and begin anew with other strategies',
  async (t) => {
    const service = (index: number) => ({
      service: `s${index}`,
      type: 'probabilistic',
      param: 1,
      operation_strategies: [
        { operation: `${index}`.padEnd(1024 * 1024, 'x'), type: 'probabilistic', param: 1 },
      ],
    })
    const document = JSON.stringify({
      service_strategies: Array.from({ length: 17 }, (_, index) => service(index)),
    })
    const read = () => readStrategies(document, 0.001).strategies as Strategies
    const changing = { current: read() }
    const answers = new StrategyAnswers(changing, { adder: () => () => {} })
    const isKept = (name: string) => {
      const first = answers.proto(name, 'x')
      return answers.proto(name, 'x') === first
    }
    const names = Array.from({ length: 17 }, (_, index) => `s${index}`)
    t.equal(names.filter(isKept).length, 15)
    t.notOk(isKept('s16'))
    changing.current = read()
    t.ok(isKept('s16'))
  },
)
