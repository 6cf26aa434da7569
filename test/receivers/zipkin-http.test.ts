import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { DecodeThread } from '../../src/receivers/decode-thread.ts'
import { zipkinSpanRoutes } from '../../src/receivers/zipkin-http/span-routes.ts'
import { projectRoot } from '../project-root.ts'
import { startHttpListener } from '../transport/start-http-listener.ts'
import { until } from '../transport/start-listener.ts'

const mebi = 1024 * 1024
const v1 = '/api/v1/spans'
const v2 = '/api/v2/spans'
const folder = join(projectRoot, 'test/golden/zipkin/in')
const sample = (name: string) => new Uint8Array(readFileSync(join(folder, name)))

type Write = SpanStore['write']

async function start(t: Test, write?: Write, allowedOrigins: readonly string[] = []) {
  const logger = pino({ level: 'silent' })
  const decodeThread = new DecodeThread({ logger })
  const stored: number[] = []
  const keep: Write = async (_tenant, batch) => {
    stored.push(spanCount(batch))
    return { rejected: [] }
  }
  const started = await startHttpListener({
    maxMessageBytes: 4 * mebi,
    routes: ({ budget, metrics }) => {
      const store = { write: write ?? keep }
      const sink = createSpanPipeline({ store, budget, metrics, logger })
      const now = () => 1_795_000_000_123
      return [...zipkinSpanRoutes({ sink, metrics, now, decodeThread, logger, allowedOrigins })]
    },
  })
  t.teardown(async () => {
    await until(() => started.budget.usedBytes === 0)
    await decodeThread.close()
    await started.close()
  })
  const post = (path: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${started.port}${path}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
  return { ...started, stored, post }
}

const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '48485a3953bb6124' }
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }
const thrift = { 'content-type': 'application/x-thrift; charset=x' }

t.test('spans of every encoding are stored before 202', async (t) => {
  const { post, stored, metrics } = await start(t)
  for (const [path, name, headers] of [
    [v2, 'plain.zipkin-3.5.1.v2.json', json],
    [v2, 'plain.zipkin-3.5.1.v2.json', {}],
    [v2, 'plain.zipkin-3.5.1.v2.proto.bin', protobuf],
    [v1, 'plain.zipkin-3.5.1.v1.json', json],
    [v1, 'plain.zipkin-3.5.1.v1.thrift.bin', thrift],
  ] as const) {
    const response = await post(path, sample(name), headers)
    t.equal(response.status, 202)
    t.equal(await response.text(), '')
  }
  t.strictSame(stored, [100, 100, 100, 100, 100])
  const text = await metrics.render()
  for (const [format, count] of Object.entries({
    zipkin_json: 200,
    zipkin_proto: 100,
    zipkin_v1_json: 100,
    zipkin_thrift: 100,
  })) {
    const line = `spangate_spans_stored_total{receiver="zipkin_http",format="${format}"} ${count}`
    t.ok(text.split('\n').includes(line), line)
  }
})

t.test('bodies may be compressed, and are bounded after it', async (t) => {
  const { post, stored } = await start(t)
  const body = sample('plain.zipkin-3.5.1.v2.json')
  t.equal((await post(v2, gzipSync(body), { ...json, 'content-encoding': 'gzip' })).status, 202)
  const deflated = { ...json, 'content-encoding': 'deflate' }
  t.equal((await post(v2, deflateSync(body), deflated)).status, 202)
  t.strictSame(stored, [100, 100])
  const bomb = gzipSync(Buffer.alloc(8 * mebi, ' '))
  const refused = await post(v2, bomb, { ...json, 'content-encoding': 'gzip' })
  t.equal(refused.status, 413)
  t.match(await refused.text(), /decompresses to more, .* is 4194304\n$/)
})

t.test('no spans are fine', async (t) => {
  const { post } = await start(t)
  for (const [path, headers] of [
    [v2, json],
    [v2, protobuf],
    [v1, json],
    [v1, thrift],
  ] as const) {
    t.equal((await post(path, '', headers)).status, 202)
  }
  t.equal((await post(v2, '[]', json)).status, 202)
})

t.test('a bad span does not spoil the others, and is counted', async (t) => {
  const { post, stored, metrics } = await start(t)
  const spans = [
    { ...ids, traceId: 'x' },
    { ...ids, name: 'good' },
  ]
  t.equal((await post(v2, JSON.stringify(spans), json)).status, 202)
  t.strictSame(stored, [1])
  const labels = 'receiver="zipkin_http",format="zipkin_json",reason="trace_id"'
  t.match(await metrics.render(), `spangate_spans_rejected_total{${labels}} 1`)
})

const refusals: readonly (readonly [string, string, string, Record<string, string>, RegExp])[] = [
  ['all spans are bad', v2, '[{"id":"1"}]', json, /^Cannot take spans: none is good: .* trace id/],
  ['v1 is sent to v2', v2, '[{"binaryAnnotations":[]}]', json, /of v1.* sent to \/api\/v1\/spans/],
  ['v2 is sent to v1', v1, '[{"tags":{}}]', json, /of v2.* sent to \/api\/v2\/spans/],
  ['the body is no list', v2, '{}', json, /^Cannot decode spans: not a JSON array at byte 0\n$/],
  ['the body is no JSON', v2, '[{', json, /^Cannot read JSON: .* at byte 2\n$/],
  ['the body is no protobuf', v2, '[]', protobuf, /at byte/],
  ['the body is no Thrift', v1, '[]', thrift, /at byte/],
]
for (const [why, path, body, headers, message] of refusals) {
  t.test(`400 when ${why}`, async (t) => {
    const { post } = await start(t)
    const response = await post(path, body, headers)
    t.equal(response.status, 400)
    t.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    t.match(await response.text(), message)
  })
}

t.test('503 with Retry-After when the store is away', async (t) => {
  const write: Write = async () => {
    throw new GatewayError('store_unavailable', 'Cannot write spans: away', { retryAfterMs: 2000 })
  }
  const { post } = await start(t, write)
  const response = await post(v2, JSON.stringify([{ ...ids, name: 'x' }]), json)
  t.equal(response.status, 503)
  t.equal(response.headers.get('retry-after'), '2')
})

t.test('pages that are allowed may send', async (t) => {
  const { post, port } = await start(t, undefined, ['https://shop.example'])
  const preflight = await fetch(`http://127.0.0.1:${port}${v2}`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  t.equal(preflight.headers.get('access-control-allow-origin'), 'https://shop.example')
  const body = JSON.stringify([{ ...ids, name: 'x' }])
  const response = await post(v2, body, { ...json, origin: 'https://shop.example' })
  t.equal(response.headers.get('access-control-allow-origin'), 'https://shop.example')
})
