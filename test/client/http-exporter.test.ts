import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Test } from 'tap'
import t from 'tap'
import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import type { SpanDestination } from '../../src/client/span-exporter.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { foreignSpans } from '../bridge/otlp/foreign-decode.ts'
import { collectGarbage } from '../collect-garbage.ts'

interface Request {
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly atMs: number
}

/** Answers in this order; the last one stays. */
async function startServer(t: Test, ...answers: readonly ((response: ServerResponse) => void)[]) {
  const requests: Request[] = []
  const rest = [...answers]
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { url, headers } = request
    requests.push({ url, headers, body: Buffer.concat(pieces), atMs: performance.now() })
    const answer = rest.length > 1 ? rest.shift() : rest[0]
    answer?.(response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, requests }
}

const status = (code: number, headers = {}) => {
  return (response: ServerResponse) => void response.writeHead(code, headers).end()
}

const fast = { backoffMs: 10, backoffMaxMs: 20 }
/** Where an answer does not come; long enough for those that do. */
const brief = { limits: { ...fast, attemptTimeoutMs: 1000 } }

function start(endpoint: string, others: object = {}) {
  const losses: ExportLoss[] = []
  const exporter = createSpanExporter({
    protocol: 'http/protobuf',
    endpoint,
    limits: { ...fast, attemptTimeoutMs: 60_000 },
    onLoss: (loss) => losses.push(loss),
    ...others,
  })
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  provider.getTracer('test').startSpan('by http').end()
  return { exporter, provider, losses }
}

for (const code of [429, 502, 503, 504]) {
  t.test(`an export that is answered with ${code} comes again after Retry-After`, async (t) => {
    const server = await startServer(t, status(code, { 'retry-after': '1' }), status(200))
    const { exporter, provider, losses } = start(server.endpoint)
    await provider.forceFlush()
    const [first, second] = server.requests
    if (first === undefined || second === undefined) throw new Error('no second request came')
    t.ok(second.atMs - first.atMs >= 999, `${second.atMs - first.atMs} ms`)
    t.same(second.body, first.body)
    t.equal(second.url, '/v1/traces')
    t.strictSame(
      foreignSpans(second.body).map(({ name }) => name),
      ['by http'],
    )
    t.match(exporter.counts(), { taken: 1, retries: 1 })
    t.same(losses, [])
    await provider.shutdown()
  })
}

t.test('an export that is answered with another status is told and not sent again', async (t) => {
  const message = Buffer.from('bad bytes')
  const body = Buffer.concat([Buffer.of(0x08, 3, 0x12, message.length), message])
  const server = await startServer(t, (response) => void response.writeHead(400).end(body))
  const { provider, losses } = start(server.endpoint)
  await t.rejects(provider.forceFlush())
  t.equal(server.requests.length, 1)
  t.match(losses, [{ reason: 'refused', spans: 1, message: /HTTP 400: bad bytes/ }])
  await provider.shutdown()
})

t.test('an answer that does not come, or breaks off, is one to try again', async (t) => {
  const server = await startServer(
    t,
    () => {},
    (response) =>
      void response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
    status(200),
  )
  const { exporter, provider, losses } = start(server.endpoint, brief)
  await provider.forceFlush()
  t.equal(server.requests.length, 3)
  t.match(exporter.counts(), { taken: 1, retries: 2 })
  t.same(losses, [])
  await provider.shutdown()
})

t.test(
  'an answer that does not come is one to try again after a garbage collection too',
  async (t) => {
    const server = await startServer(t, () => setImmediate(collectGarbage), status(200))
    const { exporter, provider } = start(server.endpoint, brief)
    await provider.forceFlush()
    t.equal(server.requests.length, 2)
    t.match(exporter.counts(), { taken: 1, retries: 1 })
    await provider.shutdown()
  },
)

t.test('headers, gzip and a path of its own go with each request', async (t) => {
  const server = await startServer(t, status(200))
  const others = { headers: { 'x-tenant': 'blue' }, compression: 'gzip' }
  const { provider } = start(`${server.endpoint}/prefix/v1/traces`, others)
  await provider.forceFlush()
  const [request] = server.requests
  t.match(request?.headers, {
    'x-tenant': 'blue',
    'content-encoding': 'gzip',
    'content-type': 'application/x-protobuf',
  })
  t.equal(request?.url, '/prefix/v1/traces')
  t.equal(foreignSpans(gunzipSync(request?.body ?? Buffer.alloc(0))).length, 1)
  await provider.shutdown()
})

t.test('createSpanExporter() names a URL that is none', async (t) => {
  for (const endpoint of ['', 'localhost:4318', 'ftp://a:1']) {
    t.throws(() => createSpanExporter({ protocol: 'http/protobuf', endpoint }), {
      name: 'RangeError',
      message: new RegExp(`^Cannot use endpoint "${endpoint}": must be http://host:port`),
    })
  }
})

t.test('createSpanExporter() names a header that cannot be sent', async (t) => {
  const endpoint = 'http://127.0.0.1:1'
  for (const headers of [{ 'a b': 'x' }, { a: 'x\n' }]) {
    t.throws(() => createSpanExporter({ protocol: 'http/protobuf', endpoint, headers }), {
      name: 'TypeError',
      message: /"a/,
    })
  }
})

t.test('createSpanExporter() names a protocol that it does not know', async (t) => {
  for (const protocol of ['http', 'http/json', null]) {
    const options = { protocol, endpoint: 'http://127.0.0.1:1' } as unknown as SpanDestination
    t.throws(() => createSpanExporter(options), {
      name: 'RangeError',
      message: `Cannot use protocol "${protocol}": must be "grpc" or "http/protobuf"`,
    })
  }
})
