import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import type { SpanGroup } from '../../bridge/model/span.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { DecodeThread } from '../../src/receivers/decode-thread.ts'
import { otlpTraceRoute } from '../../src/receivers/otlp-http/trace-route.ts'
import { startHttpListener } from '../transport/start-http-listener.ts'
import { until } from '../transport/start-listener.ts'

const mebi = 1024 * 1024

type Write = SpanStore['write']
const keep: Write = async () => ({ rejected: [] })

async function start(t: Test, write: Write = keep, origins: readonly string[] = []) {
  const logger = pino({ level: 'silent' })
  const decodeThread = new DecodeThread({ logger })
  const started = await startHttpListener({
    maxMessageBytes: 16 * mebi,
    routes: ({ budget, metrics }) => {
      const sink = createSpanPipeline({ store: { write }, budget, metrics, logger })
      const now = () => 1_795_000_000_123
      return [otlpTraceRoute({ sink, metrics, now, decodeThread, allowedOrigins: origins })]
    },
  })
  t.teardown(async () => {
    await until(() => started.budget.usedBytes === 0)
    await decodeThread.close()
    await started.close()
  })
  const url = `http://127.0.0.1:${started.port}/v1/traces`
  const post = (type: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
  return { ...started, post, url }
}

/** A request with a span for each trace id. */
function jsonRequest(traceIds: readonly string[], name = 'GET /cart'): string {
  const spans = traceIds.map((traceId, index) => ({
    traceId,
    spanId: String(index + 1).padStart(16, '0'),
    name,
    startTimeUnixNano: '1795000000000000000',
    endTimeUnixNano: '1795000001000000000',
  }))
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

function protoRequest(traceIds: readonly string[], name?: string): Uint8Array {
  const json = Buffer.from(jsonRequest(traceIds, name))
  return encodeTracesData(decodeJsonRequest(json, { arrivalUnixMs: 0 }).batch)
}

const good = '5b8efff798038103d269b633813fc60c'
const json = 'application/json'
const protobuf = 'application/x-protobuf'

/** google.rpc.Status. */
async function statusOf(response: Response): Promise<{ code: number; message: string }> {
  if (response.headers.get('content-type') === json) {
    return (await response.json()) as { code: number; message: string }
  }
  const reader = new WireReader(new Uint8Array(await response.arrayBuffer()))
  let code = 0
  let message = ''
  while (reader.more()) {
    if (reader.tag() === 0x08) code = reader.int32()
    else message = reader.string()
  }
  return { code, message }
}

t.test('spans are stored before the answer, which has the encoding of the request', async (t) => {
  const stored: number[] = []
  const write: Write = async (_tenant, batch) => {
    stored.push(spanCount(batch))
    return { rejected: [] }
  }
  const { post, metrics } = await start(t, write)
  const asJson = await post(`${json}; charset=utf-8`, jsonRequest([good, good]))
  t.equal(asJson.status, 200)
  t.equal(asJson.headers.get('content-type'), json)
  t.equal(await asJson.text(), '{}')
  const asProtobuf = await post(protobuf, protoRequest([good]))
  t.equal(asProtobuf.status, 200)
  t.equal(asProtobuf.headers.get('content-type'), protobuf)
  t.equal((await asProtobuf.arrayBuffer()).byteLength, 0)
  t.strictSame(stored, [2, 1])
  const text = await metrics.render()
  t.match(text, 'spangate_spans_stored_total{receiver="otlp_http",format="otlp_json"} 2')
  t.match(text, 'spangate_spans_stored_total{receiver="otlp_http",format="otlp_proto"} 1')
})

t.test('no body is a request without spans', async (t) => {
  const { post } = await start(t)
  t.equal((await post(json, '')).status, 200)
  t.equal((await post(json, '{}')).status, 200)
  t.equal((await post(protobuf, '')).status, 200)
})

t.test('large requests, decoded on their own thread, are stored too', async (t) => {
  const stored: number[] = []
  const write: Write = async (_tenant, batch) => {
    stored.push(spanCount(batch))
    return { rejected: [] }
  }
  const { post } = await start(t, write)
  const ids = Array.from({ length: 3000 }, () => good)
  const name = 'n'.repeat(1000)
  const compressed = { 'content-encoding': 'gzip' }
  t.equal((await post(json, jsonRequest(ids, name))).status, 200)
  t.equal((await post(json, gzipSync(jsonRequest(ids, name)), compressed)).status, 200)
  t.equal((await post(protobuf, protoRequest(ids, name))).status, 200)
  t.strictSame(stored, [3000, 3000, 3000])
  const broken = jsonRequest(ids, name).slice(0, -1)
  const refused = await post(json, broken)
  t.equal(refused.status, 400)
  t.match((await statusOf(refused)).message, 'Cannot read JSON: it ends where')
})

t.test('bad spans are told in partial_success, the others are kept', async (t) => {
  const { post } = await start(t)
  const asJson = await post(json, jsonRequest([good, 'xyz', 'abcd']))
  t.equal(asJson.status, 200)
  t.match(await asJson.json(), {
    partialSuccess: {
      rejectedSpans: '2',
      errorMessage: /resourceSpans\[0]\.scopeSpans\[0]\.spans\[1]\.traceId must be hex digits/,
    },
  })
  const bytes = Buffer.from(protoRequest([good]))
  bytes.fill(
    0,
    bytes.indexOf(Buffer.from(good, 'hex')),
    bytes.indexOf(Buffer.from(good, 'hex')) + 16,
  )
  const asProtobuf = await post(protobuf, bytes)
  t.equal(asProtobuf.status, 200)
  const reader = new WireReader(new Uint8Array(await asProtobuf.arrayBuffer()))
  t.equal(reader.tag(), 0x0a, 'partial_success')
})

t.test('failures are a google.rpc.Status in the encoding of the request', async (t) => {
  let failure: Error = new GatewayError('store_unavailable', 'Cannot store: the disk is full')
  const { post, metrics } = await start(t, () => Promise.reject(failure))
  for (const [type, body, broken] of [
    [json, jsonRequest([good]), '{"resourceSpans":5}'],
    [protobuf, protoRequest([good]), 'not protobuf'],
  ] as const) {
    const bad = await post(type, broken)
    t.equal(bad.status, 400)
    t.equal(bad.headers.get('content-type'), type)
    t.equal((await statusOf(bad)).code, 3)

    failure = new GatewayError('store_unavailable', 'Cannot store: the disk is full')
    const full = await post(type, body)
    t.equal(full.status, 503)
    t.equal(full.headers.get('retry-after'), '1')
    t.strictSame(await statusOf(full), { code: 14, message: 'Cannot store: the disk is full' })

    failure = new Error('secret')
    const bug = await post(type, body)
    t.equal(bug.status, 500)
    t.equal((await statusOf(bug)).code, 13)

    const large = await post(type, new Uint8Array(16 * mebi + 1))
    t.equal(large.status, 413)
    t.match(await statusOf(large), { code: 8, message: /test\.max-message-size is 16777216/ })
  }
  const text = await metrics.render()
  for (const format of ['otlp_json', 'otlp_proto']) {
    const labels = `receiver="otlp_http",format="${format}"`
    t.match(text, `spangate_requests_refused_total{${labels},reason="undecodable"} 1`)
    t.match(text, `spangate_spans_dropped_total{${labels},reason="store_unavailable"} 1`)
  }
})

t.test('other content types are 415 and say which are known', async (t) => {
  const { post } = await start(t)
  for (const type of ['text/plain', 'application/x-thrift', 'application/protobufs']) {
    const response = await post(type, 'x')
    t.equal(response.status, 415)
    t.equal(response.headers.get('accept'), `${protobuf}, ${json}`)
    t.match((await statusOf(response)).message, `its content type is "${type}"`)
  }
})

t.test('a page of an allowed origin may send', async (t) => {
  const origin = 'https://shop.example'
  const { post } = await start(t, keep, [origin])
  const response = await post(json, jsonRequest([good]), { origin })
  t.equal(response.status, 200)
  t.equal(response.headers.get('access-control-allow-origin'), origin)
  // A beacon of JSON is always sent with credentials, and then a browser wants to read this.
  t.equal(response.headers.get('access-control-allow-credentials'), 'true')
})

t.test('where all pages may send, each gets its own origin, for beacons', async (t) => {
  const { url } = await start(t, keep, ['*'])
  const headers = {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  }
  const response = await fetch(url, { method: 'OPTIONS', headers })
  t.equal(response.headers.get('access-control-allow-origin'), 'https://shop.example')
  t.equal(response.headers.get('access-control-allow-credentials'), 'true')
  t.equal(response.headers.get('access-control-allow-headers'), 'content-type')
  t.equal(response.headers.get('vary'), 'Origin')
})

t.test('names in snake_case are stored too', async (t) => {
  const stored: string[] = []
  const { post } = await start(t, async (_, batch) => {
    stored.push(
      JSON.stringify(groupsOf(batch), (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
    return { rejected: [] }
  })
  const camel = JSON.stringify(everything)
  const snake = camel.replace(
    /"([a-z]+[A-Z][A-Za-z]*)":/g,
    (_, name: string) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
  )
  t.match(snake, '"start_time_unix_nano"')
  for (const body of [camel, snake]) {
    const response = await post(json, body)
    t.equal(response.status, 200)
    t.equal(await response.text(), '{}')
  }
  t.equal(stored.length, 2)
  t.equal(stored[1], stored[0])
})

t.test('JSON with the names that scopes had before 0.15 is stored alike', async (t) => {
  const stored: string[] = []
  const { post } = await start(t, async (_, batch) => {
    const [{ scope, spans }] = groupsOf(batch) as [SpanGroup]
    stored.push(`${scope?.name}: ${spans.map(({ name }) => name)}`)
    return { rejected: [] }
  })
  const former = JSON.stringify(everything)
    .replace('"scopeSpans"', '"instrumentationLibrarySpans"')
    .replace('"scope"', '"instrumentationLibrary"')
  const response = await post(json, former)
  t.equal(response.status, 200)
  t.equal(await response.text(), '{}')
  t.strictSame(stored, ['lib: get'])
})

t.test('a request without a span that is known is told so', async (t) => {
  const { post } = await start(t)
  for (const [body, first] of [
    ['{"resourceSpan":[{}],"x":1}', 'resourceSpan'],
    [
      '{"resourceSpans":[{"instrumentationSpans":[{"spans":[{}]}],"x":1}]}',
      'resourceSpans[0].instrumentationSpans',
    ],
  ] as const) {
    const { partialSuccess } = (await (await post(json, body)).json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string }
    }
    t.equal(partialSuccess.rejectedSpans, '0')
    t.match(
      partialSuccess.errorMessage,
      `no span that is known: 2 fields were read over, the first is "${first}"`,
    )
  }
  t.equal(await (await post(json, '{}')).text(), '{}')
})

/** A span with every field, by the names of OTLP JSON. */
const everything = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'cart' } },
          {
            key: 'list',
            value: { arrayValue: { values: [{ intValue: '1' }, { boolValue: true }] } },
          },
          {
            key: 'map',
            value: { kvlistValue: { values: [{ key: 'a', value: { doubleValue: 1.5 } }] } },
          },
          { key: 'bytes', value: { bytesValue: 'AQI=' } },
        ],
        droppedAttributesCount: 1,
      },
      schemaUrl: 'https://example.com/resource',
      scopeSpans: [
        {
          scope: { name: 'lib', version: '1', droppedAttributesCount: 2 },
          schemaUrl: 'https://example.com/scope',
          spans: [
            {
              traceId: good,
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: 'eee19b7ec3c1b173',
              traceState: 'a=b',
              name: 'get',
              kind: 2,
              startTimeUnixNano: '1795000000000000000',
              endTimeUnixNano: '1795000001000000000',
              droppedAttributesCount: 3,
              droppedEventsCount: 4,
              droppedLinksCount: 5,
              events: [
                { timeUnixNano: '1795000000000000001', name: 'e', droppedAttributesCount: 6 },
              ],
              links: [
                {
                  traceId: good,
                  spanId: 'eee19b7ec3c1b175',
                  traceState: 'c=d',
                  droppedAttributesCount: 7,
                  flags: 1,
                },
              ],
              status: { code: 2, message: 'failed' },
              flags: 257,
            },
          ],
        },
      ],
    },
  ],
}
