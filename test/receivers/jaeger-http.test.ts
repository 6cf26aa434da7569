import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { DecodeThread } from '../../src/receivers/decode-thread.ts'
import { jaegerBatchRoute } from '../../src/receivers/jaeger-http/batch-route.ts'
import { sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { projectRoot } from '../project-root.ts'
import { startHttpListener } from '../transport/start-http-listener.ts'
import { until } from '../transport/start-listener.ts'

const mebi = 1024 * 1024
const thrift = 'application/x-thrift'
const labels = 'receiver="jaeger_http",format="jaeger_thrift"'

type Write = SpanStore['write']
const keep: Write = async () => ({ rejected: [] })

async function start(t: Test, write: Write = keep) {
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const decodeThread = new DecodeThread({ logger })
  const started = await startHttpListener({
    maxMessageBytes: 16 * mebi,
    routes: ({ budget, metrics }) => {
      const sink = createSpanPipeline({ store: { write }, budget, metrics, logger })
      const now = () => 1_795_000_000_123
      return [jaegerBatchRoute({ sink, metrics, now, decodeThread, logger })]
    },
  })
  t.teardown(async () => {
    await until(() => started.budget.usedBytes === 0)
    await decodeThread.close()
    await started.close()
  })
  const url = `http://127.0.0.1:${started.port}/api/traces`
  const post = (body: Uint8Array, headers: Record<string, string> = {}, query = '') =>
    fetch(`${url}${query}`, {
      method: 'POST',
      headers: { 'content-type': thrift, ...headers },
      body: new Uint8Array(body),
    })
  return { ...started, post, url, lines }
}

/** As Apache Thrift's Python library wrote it. */
const golden = (name: string) =>
  readFileSync(
    join(projectRoot, `test/golden/jaeger-thrift/${name}.binary-batch.thrift-0.25.0.bin`),
  )

/** A batch of so many spans of one trace. */
function batchOf(count: number, trace = 1): Uint8Array {
  const startMicros = 1_795_000_000_000_000
  const spans = Array.from({ length: count }, (_, at) =>
    sampleSpan({ trace, id: at + 1, startMicros }),
  )
  const [batch] = encodeThriftBatches([sampleGroup(spans)], 'binary').batches
  return batch ?? new Uint8Array()
}

t.test('a batch of either content type is stored before it is answered 202', async (t) => {
  const stored: number[] = []
  const write: Write = async (_tenant, batch) => {
    stored.push(spanCount(batch))
    return { rejected: [] }
  }
  const { post, metrics } = await start(t, write)
  for (const [type, query] of [
    ['application/x-thrift', ''],
    ['application/x-thrift; charset=utf-8', '?format=jaeger.thrift'],
    ['application/vnd.apache.thrift.binary', '?format=zipkin.thrift'],
    ['Application/Vnd.Apache.Thrift.Binary;p="1"', ''],
  ] as const) {
    const response = await post(golden('many'), { 'content-type': type }, query)
    t.equal(response.status, 202, type)
    t.equal(await response.text(), '')
  }
  t.strictSame(stored, [100, 100, 100, 100])
  t.match(await metrics.render(), `spangate_spans_stored_total{${labels}} 400`)
})

t.test('compressed and large batches are stored too', async (t) => {
  const stored: number[] = []
  const write: Write = async (_tenant, batch) => {
    stored.push(spanCount(batch))
    return { rejected: [] }
  }
  const { post } = await start(t, write)
  const large = batchOf(5000)
  t.ok(large.length > 256 * 1024, 'it is decoded by its own thread')
  t.equal((await post(large)).status, 202)
  t.equal((await post(gzipSync(large), { 'content-encoding': 'gzip' })).status, 202)
  t.equal((await post(deflateSync(large), { 'content-encoding': 'deflate' })).status, 202)
  t.strictSame(stored, [5000, 5000, 5000])
  const cut = await post(large.subarray(0, -1))
  t.equal(cut.status, 400)
  t.match(await cut.text(), /^Unable to process request body: Cannot read Thrift value/)
})

t.test('a gzip bomb is refused within the bound of a message', async (t) => {
  const { post } = await start(t)
  const bomb = gzipSync(new Uint8Array(17 * mebi))
  const response = await post(bomb, { 'content-encoding': 'gzip' })
  t.equal(response.status, 413)
  t.match(await response.text(), /test\.max-message-size/)
})

t.test('what Jaeger refuses with 400 is refused in its words', async (t) => {
  const { post, url, metrics } = await start(t)
  const text = 'text/plain; charset=utf-8'
  const typeless = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(1),
    headers: { 'content-type': '' },
  })
  const cases = [
    [typeless, 'Cannot parse content type: mime: no media type\n'],
    [
      await post(golden('ids'), { 'content-type': 'application/json' }),
      'Unsupported content type: application/json\n',
    ],
    [
      await post(golden('ids'), { 'content-type': '<b>/x' }),
      'Unsupported content type: &#60;b&#62;/x\n',
    ],
    [
      await post(new Uint8Array()),
      'Unable to process request body: Cannot read Thrift value: the message ends before it at byte 0\n',
    ],
    [await post(Buffer.from('not thrift')), /^Unable to process request body: .* at byte \d+\n$/],
  ] as const
  for (const [response, words] of cases) {
    t.equal(response.status, 400)
    t.equal(response.headers.get('content-type'), text)
    const body = await response.text()
    if (typeof words === 'string') t.equal(body, words)
    else t.match(body, words)
  }
  t.match(
    await metrics.render(),
    `spangate_requests_refused_total{${labels},reason="undecodable"} 2`,
  )
})

t.test('empty tags by the thousand are refused before they take long', async (t) => {
  const { post } = await start(t)
  // Batch.spans: one span, whose tags are structs of nothing but their end.
  const count = 50_000
  const head = Buffer.from([15, 0, 2, 12, 0, 0, 0, 1, 15, 0, 10, 12, 0, 0, 0, 0])
  head.writeUInt32BE(count, 12)
  const response = await post(Buffer.concat([head, Buffer.alloc(count + 2)]))
  t.equal(response.status, 400)
  t.match(await response.text(), /it has over 4334 tags, events, links and values in 50018 bytes/)
})

t.test('more spans are claimed than have room: refused at once', async (t) => {
  const { post } = await start(t)
  // Batch.spans: a list of structs, as many as there are bytes, each of them nothing but its end.
  const empty = new Uint8Array(8 * mebi)
  empty.set([15, 0, 2, 12])
  new DataView(empty.buffer).setInt32(4, empty.length - 16)
  const response = await post(empty)
  t.equal(response.status, 400)
  t.match(
    await response.text(),
    /it has over 524352 spans and groups in 8388608 bytes, .*one for every 16 bytes/,
  )
})

t.test('bad spans are counted and logged, and refused when none is good', async (t) => {
  const { post, metrics, lines } = await start(t)
  const mixed = Buffer.from(batchOf(3, 1))
  const traceIdLow = mixed.indexOf(Buffer.from([10, 0, 1]))
  mixed.fill(0, traceIdLow + 3, traceIdLow + 11)
  mixed.fill(0, traceIdLow + 14, traceIdLow + 22)
  t.equal((await post(mixed)).status, 202)
  t.match(await metrics.render(), `spangate_spans_rejected_total{${labels},reason="trace_id"} 1`)
  t.match(lines.join(''), /"rejected":1,"spans":3.*spans rejected/)
  const bad = await post(batchOf(2, 0))
  t.equal(bad.status, 400)
  t.match(
    await bad.text(),
    /^Unable to process request body: none of its spans is good: .* trace id is all zero \(2\)\n$/,
  )
  t.equal((await post(Buffer.of(0))).status, 202, 'no span is no failure')
})

t.test('fields of the future are counted, also those of a large batch', async (t) => {
  const { post, metrics } = await start(t)
  t.equal((await post(golden('counted'))).status, 202)
  const large = batchOf(5000)
  // A boolean field 1001 before the end of the batch.
  const more = Buffer.concat([large.subarray(0, -1), Buffer.of(2, 0x03, 0xe9, 1, 0)])
  t.equal((await post(more)).status, 202)
  t.match(await metrics.render(), `spangate_fields_skipped_total{${labels}} 6`)
})

t.test('a store that is away or full is 503 with Retry-After, a bug is 500', async (t) => {
  let failure: Error = new GatewayError('store_unavailable', 'Cannot store: the disk is full')
  const { post } = await start(t, () => Promise.reject(failure))
  const away = await post(golden('ids'))
  t.equal(away.status, 503)
  t.equal(away.headers.get('retry-after'), '1')
  t.equal(await away.text(), 'Cannot store: the disk is full\n')
  failure = new Error('secret')
  const bug = await post(golden('ids'))
  t.equal(bug.status, 500)
  t.notMatch(await bug.text(), /secret/)
})

t.test('other methods and paths are refused', async (t) => {
  const { url } = await start(t)
  t.equal((await fetch(url)).status, 405)
  t.equal((await fetch(`${url}/x`, { method: 'POST' })).status, 404)
})

t.test('batches behind the first one are stored too, and what is none is counted', async (t) => {
  const { post, metrics } = await start(t)
  const body = Buffer.concat([golden('ids'), golden('logs'), Buffer.from('rest')])
  t.equal((await post(body)).status, 202)
  const text = await metrics.render()
  const labels = 'receiver="jaeger_http",format="jaeger_thrift"'
  t.match(text, `spangate_fields_skipped_total{${labels}} 1`)
  const one = await start(t)
  for (const name of ['ids', 'logs']) t.equal((await one.post(golden(name))).status, 202)
  const stored = (rendered: string) =>
    /spangate_spans_stored_total\{[^}]*\} (\d+)/.exec(rendered)?.[1]
  t.equal(stored(text), stored(await one.metrics.render()))
})
