import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import type { PeerName } from './peers.ts'
import { needs } from './peers.ts'
import type { JaegerSpan, SentSpan, Tag } from './sent-spans.ts'
import { inOrder, query, send, traceIds } from './sent-spans.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { jaegerGrpc, queryGrpc } = await gateway.ready()

const clients = {
  "Jaeger's Go stubs": { program: 'jaeger-post', service: 'go-orders' },
  '@grpc/grpc-js': { program: 'grpc-js-post', service: 'node-orders' },
} as const satisfies Record<string, { readonly program: PeerName; readonly service: string }>

const byKey = (tags: readonly Tag[]) => [...tags].sort((a, b) => (a.key < b.key ? -1 : 1))

/** A sent span as api_v2 answers it: Jaeger's translation says a failed span in two tags. */
function asAnswered(span: JaegerSpan): JaegerSpan {
  const failed = span.tags.some((tag) => tag.key === 'error' && tag.value['bool'] === true)
  const status = { key: 'otel.status_code', value: { string: 'ERROR' } }
  return withSortedTags(failed ? { ...span, tags: [...span.tags, status] } : span)
}

/** The order of tags has no meaning, and translation changes it; that of logs and fields stays. */
function withSortedTags(span: JaegerSpan): JaegerSpan {
  const process = { ...span.process, tags: byKey(span.process.tags) }
  return { ...span, tags: byKey(span.tags), process }
}

for (const [client, { program, service }] of Object.entries(clients)) {
  const settings = { endpoint: jaegerGrpc, traces: 4, startMs: Date.now() - 60_000 }

  for (const gzip of [false, true]) {
    const name = `api_v2.GetTrace answers what ${client} posted${gzip ? ' with gzip' : ''}`
    t.test(name, needs(program, 'jaeger-query'), async (t) => {
      const sent = await send<JaegerSpan>(program, { ...settings, run: `${program}-${gzip}`, gzip })
      t.equal(sent.length, 12, 'four traces of three spans')
      const short = traceIds(sent).filter((id) => id.startsWith('0'.repeat(16)))
      t.equal(short.length, 2, 'two of them with 64-bit ids')
      for (const traceId of traceIds(sent)) {
        const found = await query<JaegerSpan>('v2', queryGrpc, 'trace', traceId)
        const expected = sent.filter((span) => span.traceId === traceId)
        t.strictSame(
          inOrder(found.spans ?? []).map(withSortedTags),
          inOrder(expected).map(asAnswered),
          traceId,
        )
      }
    })
  }

  t.test(
    `api_v3.GetTrace answers ${client}'s spans as OTLP`,
    needs(program, 'jaeger-query'),
    async (t) => {
      const sent = await send<JaegerSpan>(program, {
        ...settings,
        run: `${program}-v3`,
        gzip: false,
      })
      const traceId = traceIds(sent)[1] ?? ''
      const found = await query<SentSpan>('v3', queryGrpc, 'trace', traceId)
      const spans = new Map(found.spans?.map((span) => [span.name, span]))
      const root = spans.get('POST /orders')
      const select = spans.get('SELECT orders')
      const mail = spans.get('send mail')
      t.match(root, { kind: 'server', parentSpanId: '', status: { code: 'error' } })
      t.notOk('span.kind' in (root?.attributes ?? {}), 'the kind is no attribute')
      t.notOk('error' in (root?.attributes ?? {}), 'nor is the status')
      t.strictSame(root?.resource['service.name'], { string: service })
      t.strictSame(root?.attributes['order.digest'], { bytes: 'AAH+/w==' })
      t.strictSame(root?.attributes['order.number'], { int: '9007199254740994' })
      t.strictSame(
        root?.events.map((event) => event.name),
        ['order.checked', ''],
      )
      t.match(select, { kind: 'client', parentSpanId: root?.spanId })
      t.strictSame(select?.resource['service.name'], { string: `${service}-db` })
      t.match(mail, { kind: 'consumer', parentSpanId: select?.spanId })
      t.ok(mail?.links.some((link) => link.traceId === 'ffeeddccbbaa99887766554433221100'))
    },
  )
}

t.test(
  'FindTraces answers posted spans by api_v2 and api_v3',
  needs('jaeger-post', 'jaeger-query'),
  async (t) => {
    const startMs = Date.now() - 30_000
    const sending = { endpoint: jaegerGrpc, run: 'find', traces: 3, startMs, gzip: false }
    const sent = await send<JaegerSpan>('jaeger-post', sending)
    const ids = traceIds(sent)
    const window = { startMinMs: startMs - 1000, startMaxMs: startMs + 60_000, limit: 10 }
    const base = { service: 'go-orders', ...window }
    const searches = [
      { attributes: { 'test.run': 'find' }, expected: [2, 1, 0] },
      { attributes: { 'test.run': 'find', error: 'true' }, expected: [1] },
      { attributes: { 'test.run': 'find', 'order.number': '9007199254740995' }, expected: [2] },
      { attributes: { 'test.run': 'find', 'order.digest': '0001feff' }, expected: [2, 1, 0] },
      { attributes: { 'test.run': 'find', canary: 'true' }, expected: [2, 1, 0] },
      { attributes: { 'test.run': 'find', 'span.kind': 'client' }, expected: [] },
    ]
    for (const { attributes, expected } of searches) {
      const text = JSON.stringify({ ...base, attributes })
      for (const api of ['v2', 'v3'] as const) {
        const found = await query<JaegerSpan | SentSpan>(api, queryGrpc, 'find', text)
        const wanted = expected.map((i) => ids[i])
        t.strictSame(traceIds(found.spans ?? []), wanted, `${api} ${JSON.stringify(attributes)}`)
        t.equal(found.spans?.length, expected.length * 3, 'each with all its spans')
      }
    }
  },
)
