import type { IncomingHttpHeaders } from 'node:http2'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { status } from '@grpc/grpc-js'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import type { ExporterLimits } from '../../bridge/opentelemetry/exporter-limits.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { grpcStatusOf } from '../../src/errors/status.ts'
import { foreignSpans } from '../bridge/otlp/foreign-decode.ts'
import type { ServerAnswer } from './refusing-server.ts'
import { startRefusingServer } from './refusing-server.ts'

/** What the gateway itself says when it is busy: UNAVAILABLE with RetryInfo. */
function busy(retryAfterMs: number) {
  const { code, message, details } = grpcStatusOf(
    new GatewayError('overloaded', 'Cannot take spans: full', { retryAfterMs }),
  )
  return { code, details: message, ...(details !== undefined && { statusDetails: details }) }
}
const exhausted = (retryAfterMs: number) => ({
  ...busy(retryAfterMs),
  code: status.RESOURCE_EXHAUSTED,
})
const taken: ServerAnswer = { response: new Uint8Array(0) }
const fast = { backoffMs: 10, backoffMaxMs: 20 }

function start(endpoint: string, limits: Partial<ExporterLimits> = {}, others: object = {}) {
  const losses: ExportLoss[] = []
  const onLoss = (loss: ExportLoss) => losses.push(loss)
  const exporter = createSpanExporter({
    endpoint,
    limits: { ...fast, ...limits },
    onLoss,
    ...others,
  })
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  const record = (count: number) => {
    const tracer = provider.getTracer('test')
    for (let at = 0; at < count; at++) tracer.startSpan(`span ${at}`).end()
  }
  return { exporter, provider, losses, record }
}

t.test('an export that is refused with RetryInfo comes again after its delay', async (t) => {
  const server = await startRefusingServer(t, [busy(120), exhausted(60), taken])
  const { exporter, provider, losses, record } = start(server.address)
  record(3)
  await provider.forceFlush()
  const [first, second, third] = server.requests
  if (third === undefined || second === undefined || first === undefined) {
    throw new Error(`${server.requests.length} requests came`)
  }
  t.equal(server.requests.length, 3)
  t.ok(second.atMs - first.atMs >= 119, `${second.atMs - first.atMs} ms`)
  t.ok(third.atMs - second.atMs >= 59, `${third.atMs - second.atMs} ms`)
  t.same(second.bytes, first.bytes, 'the same bytes, which a gateway keeps once')
  t.same(third.bytes, first.bytes)
  t.strictSame(
    foreignSpans(third.bytes).map(({ name }) => name),
    ['span 0', 'span 1', 'span 2'],
  )
  t.match(exporter.counts(), { exported: 3, taken: 3, retries: 2 })
  t.same(losses, [])
  await provider.shutdown()
})

t.test('an export that is refused for good is told and not sent again', async (t) => {
  const answer = { code: status.INVALID_ARGUMENT, details: 'bad bytes' }
  const server = await startRefusingServer(t, [answer])
  const { exporter, provider, losses, record } = start(server.address)
  record(2)
  await t.rejects(provider.forceFlush())
  t.equal(server.requests.length, 1)
  t.match(losses, [{ reason: 'refused', spans: 2, message: /INVALID_ARGUMENT: bad bytes/ }])
  t.match(exporter.counts(), { exported: 2, taken: 0, lost: { refused: 2 } })
  await provider.shutdown()
})

t.test('RESOURCE_EXHAUSTED without RetryInfo is for good', async (t) => {
  const server = await startRefusingServer(t, [{ code: status.RESOURCE_EXHAUSTED, details: 'no' }])
  const { provider, losses, record } = start(server.address)
  record(1)
  await t.rejects(provider.forceFlush())
  t.equal(server.requests.length, 1)
  t.match(losses, [{ reason: 'refused', spans: 1 }])
  await provider.shutdown()
})

t.test('spans that a server rejects of its own are told', async (t) => {
  const response = partialSuccess(2, 'two were bad')
  const server = await startRefusingServer(t, [{ response }])
  const { exporter, provider, losses, record } = start(server.address)
  record(5)
  await provider.forceFlush()
  t.match(losses, [{ reason: 'rejected', spans: 2, message: /two were bad/ }])
  t.match(exporter.counts(), { exported: 5, taken: 3, pending: 0 })
  await provider.shutdown()
})

t.test('an attempt without an answer ends at its deadline and is made again', async (t) => {
  const server = await startRefusingServer(t, [taken, 'nothing', taken])
  const { exporter, provider, losses, record } = start(server.address, { attemptTimeoutMs: 1000 })
  // So that no time goes into the connection.
  record(1)
  await provider.forceFlush()
  record(1)
  await provider.forceFlush()
  t.equal(server.requests.length, 3)
  t.match(exporter.counts(), { taken: 2, retries: 1 })
  t.same(losses, [])
  await provider.shutdown()
})

t.test('shutdown() ends an attempt without an answer', async (t) => {
  const server = await startRefusingServer(t, ['nothing'])
  const { exporter, provider, losses, record } = start(server.address, { shutdownTimeoutMs: 300 })
  record(1)
  const flushed = t.rejects(provider.forceFlush())
  await exporter.shutdown()
  await flushed
  t.match(losses, [{ reason: 'shut_down', spans: 1 }])
  await provider.shutdown()
})

t.test('an exporter outlives a server that is not there yet', async (t) => {
  const place = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => place.once('listening', resolve))
  const { port } = place.address() as AddressInfo
  await new Promise((resolve) => place.close(resolve))
  const { exporter, provider, losses, record } = start(`127.0.0.1:${port}`, { attemptsMax: 2 })
  record(1)
  await t.rejects(provider.forceFlush())
  t.match(losses, [{ reason: 'gave_up', spans: 1, message: /UNAVAILABLE/ }])
  t.equal(exporter.counts().retries, 1)
  await provider.shutdown()
})

t.test('headers and gzip go with each request', async (t) => {
  // Not grpc-js: it does not tell what it has decompressed.
  const server = createHttp2Server()
  const [headers] = await new Promise<[IncomingHttpHeaders]>((resolve) => {
    server.on('stream', (stream, headers) => {
      resolve([headers])
      stream.respond({ ':status': 200, 'grpc-status': '3' }, { endStream: true })
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const how = { headers: { 'x-tenant': 'blue' }, compression: 'gzip' }
      const { provider, record } = start(`http://127.0.0.1:${port}`, {}, how)
      record(1)
      t.teardown(() => provider.shutdown().then(() => server.close()))
      void t.rejects(provider.forceFlush())
    })
  })
  t.equal(headers['x-tenant'], 'blue')
  t.equal(headers['grpc-encoding'], 'gzip')
})

t.test(
  'without a listener, losses are told to diag, not more than one of a kind in 10 s',
  async (t) => {
    const told: string[] = []
    const log = () => {}
    const warn = (text: string) => told.push(text)
    diag.setLogger({ error: log, warn, info: log, debug: log, verbose: log }, DiagLogLevel.WARN)
    t.teardown(() => diag.disable())
    const answer = { code: status.INVALID_ARGUMENT, details: 'bad bytes' }
    const server = await startRefusingServer(t, [answer])
    const exporter = createSpanExporter({ endpoint: server.address })
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
    for (let at = 0; at < 3; at++) {
      provider.getTracer('test').startSpan('x').end()
      await t.rejects(provider.forceFlush())
    }
    t.match(told, [/^spangate: 1 span lost \(refused\): .*bad bytes$/])
    t.equal(told.length, 1)
    await provider.shutdown()
  },
)

t.test('createSpanExporter() names an endpoint that is none', async (t) => {
  for (const endpoint of ['', 'localhost', 'http://localhost', 'localhost:x', 'ftp://a:1']) {
    t.throws(() => createSpanExporter({ endpoint }), {
      name: 'RangeError',
      message: `Cannot use endpoint "${endpoint}": must be host:port, http://host:port or https://host:port`,
    })
  }
})

function partialSuccess(rejected: number, message: string): Uint8Array {
  // ExportTraceServiceResponse: 1 partial_success { 1 rejected_spans, 2 error_message }.
  const text = Buffer.from(message)
  const inner = Buffer.concat([Buffer.of(0x08, rejected, 0x12, text.length), text])
  return Buffer.concat([Buffer.of(0x0a, inner.length), inner])
}
