import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { admin } from '../e2e/admin-client.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import type { PeerName } from './peers.ts'
import { needs } from './peers.ts'
import type { JaegerSpan, Tag } from './sent-spans.ts'
import { inOrder, query, send, traceIds } from './sent-spans.ts'

t.setTimeout(180_000)

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const addresses = await gateway.ready()

/** Where clients send: `client` is the protocol that the program is told. */
const ways = {
  'UDP, compact': {
    client: 'udp',
    endpoint: addresses.jaegerUdpCompact,
    labels: 'receiver="jaeger_udp_compact",format="jaeger_thrift"',
  },
  'UDP, binary': {
    client: 'udp',
    endpoint: addresses.jaegerUdpBinary,
    labels: 'receiver="jaeger_udp_binary",format="jaeger_thrift"',
  },
  HTTP: {
    client: 'http',
    endpoint: addresses.jaegerHttp,
    labels: 'receiver="jaeger_http",format="jaeger_thrift"',
  },
  gRPC: {
    client: 'grpc',
    endpoint: addresses.jaegerGrpc,
    labels: 'receiver="jaeger_grpc",format="jaeger_proto"',
  },
} as const
type Way = keyof typeof ways

/** Each client with the ways that it knows. `traits` are told by what arrives, whichever way. */
const clients: readonly {
  readonly name: string
  readonly program: PeerName
  readonly ways: readonly Way[]
  readonly traits: readonly Trait[]
}[] = [
  {
    name: "Jaeger's client for Node 3.19.0",
    program: 'jaeger-client-node',
    ways: ['UDP, binary', 'HTTP'],
    traits: ['sampler', 'debug', 'baggage', 'bytes'],
  },
  {
    name: "Jaeger's client for Python 4.8.0",
    program: 'jaeger-client-python',
    ways: ['UDP, compact'],
    traits: ['sampler', 'debug', 'baggage', 'int', '128 bit'],
  },
  {
    name: "Jaeger's client for Go 2.30.0",
    program: 'jaeger-client-go',
    ways: ['UDP, compact', 'HTTP'],
    traits: ['sampler', 'debug', 'baggage', 'int', 'bytes', '128 bit'],
  },
  {
    name: "Jaeger's client for Java 1.8.1",
    program: 'jaeger-client-java',
    ways: ['UDP, compact', 'HTTP'],
    traits: ['sampler', 'debug', 'baggage', 'int', '128 bit'],
  },
  {
    name: "Jaeger's client for Ruby 1.3.0",
    program: 'jaeger-client-ruby',
    ways: ['UDP, compact', 'HTTP'],
    traits: ['sampler', 'debug', 'int'],
  },
  {
    name: 'the Jaeger exporter of OpenTelemetry for Node 2.11.0',
    program: 'jaeger-exporter-node',
    ways: ['UDP, binary', 'HTTP'],
    traits: ['128 bit'],
  },
  {
    name: 'the Jaeger exporters of OpenTelemetry for Python 1.21.0',
    program: 'jaeger-exporter-python',
    ways: ['UDP, compact', 'HTTP', 'gRPC'],
    traits: ['int', '128 bit'],
  },
]

/** What some span of the story has, so that no comparison is of nothing. */
const traits = {
  sampler: (span: JaegerSpan) => has(span.tags, 'sampler.type', 'string'),
  debug: (span: JaegerSpan) => span.flags === 3,
  baggage: (span: JaegerSpan) =>
    span.logs.some(({ fields }) => fields.some(({ value }) => value['string'] === 'baggage')),
  int: (span: JaegerSpan) => span.tags.some(({ value }) => value['int'] === '9007199254740993'),
  bytes: (span: JaegerSpan) => has(span.tags, 'order.digest', 'bytes'),
  '128 bit': (span: JaegerSpan) => !span.traceId.startsWith('0'.repeat(16)),
} as const
type Trait = keyof typeof traits

const has = (tags: readonly Tag[], key: string, type: string) =>
  tags.some((tag) => tag.key === key && type in tag.value)

const byKey = (tags: readonly Tag[]) =>
  [...tags].sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))

/** A sent span as api_v2 answers it: README.md of bridge/jaeger-proto says what changes. */
function asAnswered(span: JaegerSpan): JaegerSpan {
  const failed = span.tags.some((tag) => tag.key === 'error' && tag.value['bool'] === true)
  const isTold = span.tags.some((tag) => tag.key === 'otel.status_code')
  const status = { key: 'otel.status_code', value: { string: 'ERROR' } }
  const tags = failed && !isTold ? [...span.tags, status] : span.tags
  return withSortedTags({
    ...span,
    tags,
    process: { ...span.process, tags: span.process.tags.flatMap(processTag) },
  })
}

/** The service's name is told once. */
function processTag({ key, value }: Tag): readonly Tag[] {
  if (key === 'service.name') return []
  if (key === 'hostname') return [{ key: 'host.name', value }]
  if (key !== 'jaeger.version') return [{ key, value }]
  return [{ key: 'opencensus.exporterversion', value: { string: `Jaeger-${value['string']}` } }]
}

/** Tags that decide something come last in the answer, the name of an event first. */
function withSortedTags(span: JaegerSpan): JaegerSpan {
  const logs = span.logs.map((log) => ({ ...log, fields: byKey(log.fields) }))
  const process = { ...span.process, tags: byKey(span.process.tags) }
  return { ...span, tags: byKey(span.tags), logs, process }
}

/** Spans that were sent so far, by labels of the receiver's counters. */
const sentSpans = new Map<string, number>()

/** Nobody answers a datagram, so its counter is waited for. */
async function stored(labels: string, spans: number): Promise<string> {
  const sum = (sentSpans.get(labels) ?? 0) + spans
  sentSpans.set(labels, sum)
  const line = `spangate_spans_stored_total{${labels}} ${sum}`
  const endMs = performance.now() + 60_000
  while (performance.now() < endMs) {
    const { body } = await admin(addresses.admin, '/metrics')
    if (body.split('\n').includes(line)) return body
    await sleep(50)
  }
  throw new Error(`${labels} did not reach ${sum} spans in a minute\n${gateway.stderr}`)
}

for (const { name, program, ways: own, traits: expectedTraits } of clients) {
  for (const way of own) {
    t.test(
      `api_v2.GetTrace answers what ${name} sent by ${way}`,
      needs(program, 'jaeger-query'),
      async (t) => {
        const { client, endpoint, labels } = ways[way]
        const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000
        const sending = { endpoint, run: program, traces: 4, startMs, gzip: false }
        const sent = await send<JaegerSpan>(program, { ...sending, protocol: client })
        t.ok(sent.length >= 12, 'four traces of three spans or more')
        const metrics = await stored(labels, sent.length)
        const traces = traceIds(sent)
        t.equal(traces.length, 4)
        const found: JaegerSpan[] = []
        for (const traceId of traces) {
          const { spans = [] } = await query<JaegerSpan>(
            'v2',
            addresses.queryGrpc,
            'trace',
            traceId,
          )
          found.push(...spans)
        }
        t.strictSame(inOrder(found).map(withSortedTags), inOrder(sent).map(asAnswered))
        for (const trait of expectedTraits) t.ok(found.some(traits[trait]), trait)
        const lost = /^spangate_(requests_refused|fields_skipped|spans_rejected|spans_repaired)/
        const refused = metrics.split('\n').filter((line) => lost.test(line))
        t.same(refused, [], 'nothing was lost')
      },
    )
  }
}
